import type { Page } from 'playwright-core';

/**
 * Gives a page a microphone that is silent until `speakInto`: whoever interrupts must do so while something is said, however long the machine
 * takes until then. Call it before the page is opened. Other devices are the browser's own.
 */
export function giveMicrophone(page: Page): Promise<unknown> {
  return page.addInitScript(`{
    const own = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    let context;
    const outputs = new Set();
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      if (!wanted?.audio || wanted.video) return own(wanted);
      context ??= new AudioContext();
      const output = context.createMediaStreamDestination();
      outputs.add(output);
      return output.stream;
    };
    window.speakInto = async (recording) => {
      const bytes = Uint8Array.from(atob(recording), (character) => character.charCodeAt(0));
      const source = context.createBufferSource();
      source.buffer = await context.decodeAudioData(bytes.buffer);
      for (const output of outputs) source.connect(output);
      const over = new Promise((resolve) => (source.onended = resolve));
      source.start();
      await over;
    };
  }`);
}

/** Says a recording, a sound file of any kind, into the microphone of `giveMicrophone`, until its end. */
export function speakInto(page: Page, recording: Uint8Array): Promise<unknown> {
  return page.evaluate(`speakInto('${Buffer.from(recording).toString('base64')}')`);
}
