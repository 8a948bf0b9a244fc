import { notifications } from '@mantine/notifications';
import { shellTexts as texts } from '../texts/shell.ts';
import { messageOf } from './states.tsx';

const closeButtonProps = { 'aria-label': texts.close };

/** Says shortly that something was done. */
export function notifyDone(message: string): void {
  notifications.show({ message, color: 'teal', closeButtonProps });
}

/** Says what went wrong, in the server's words, until it is closed. */
export function notifyFailure(error: unknown, title?: string): void {
  notifications.show({ title, message: messageOf(error), color: 'red', autoClose: 10_000, closeButtonProps });
}
