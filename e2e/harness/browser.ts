import { type Browser, chromium } from 'playwright-core';

export const CHROMIUM = '/usr/bin/chromium';

/** A browser that allows everything, whose microphone is a recording, played once from the moment it is opened, or a beep where there is none. */
export function openBrowser(options: { microphoneFile?: string } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      ...(options.microphoneFile === undefined ? [] : [`--use-file-for-fake-audio-capture=${options.microphoneFile}%noloop`]),
    ],
  });
}

/** To be run in a page before all else: pictures of a canvas can be looked at at any time, not only while they are drawn. */
export const WATCHABLE_CANVASES = `{
  const own = HTMLCanvasElement.prototype.getContext;
  HTMLCanvasElement.prototype.getContext = function (kind, options) {
    return own.call(this, kind, kind === 'webgl2' ? { ...options, preserveDrawingBuffer: true } : options);
  };
}`;
