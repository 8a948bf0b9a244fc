import { setNonce } from 'get-nonce';

/**
 * The nonce of the page's content security policy, which the server wrote into `<meta name="csp-nonce">`: components that
 * write `<style>` elements need it.
 */
export const cspNonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

// The library that locks the page's scrolling behind dialogs asks here.
setNonce(cspNonce);
