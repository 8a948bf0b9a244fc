import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { temporaryFolder } from './product.ts';
import { wavFile } from './wav.ts';

export const CHROMIUM = '/usr/bin/chromium';

/** An argument for Chromium: its microphone hears nothing. By default it beeps, which ears take for speech now and then. */
export function silentMicrophone(): string {
  const file = join(temporaryFolder(), 'silence.wav');
  writeFileSync(file, wavFile(new Int16Array(48_000), { rate: 48_000 }));
  return `--use-file-for-fake-audio-capture=${file}`;
}

/** A browser that allows everything, whose microphone is a recording, played once from the moment it is opened, or hears nothing where there is none. */
export function openBrowser(options: { microphoneFile?: string } = {}): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--use-fake-ui-for-media-stream',
      '--use-fake-device-for-media-stream',
      '--autoplay-policy=no-user-gesture-required',
      options.microphoneFile === undefined
        ? silentMicrophone()
        : `--use-file-for-fake-audio-capture=${options.microphoneFile}%noloop`,
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
