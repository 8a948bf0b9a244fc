import type { Page } from 'playwright-core';

/**
 * The largest change from one picture of a video to the next, within the next 40 pictures: the mean of all pixels in its middle, of 255. The
 * same picture over and over gives 0. `video`: an expression of the element, as text of JavaScript.
 */
export function motionIn(page: Page, video: string): Promise<number> {
  return page.evaluate(`(async () => {
    const video = ${video};
    const canvas = new OffscreenCanvas(128, 128);
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const look = () => (context.drawImage(video, 0, 0, 128, 128), context.getImageData(32, 32, 64, 64).data);
    let before = look();
    let most = 0;
    for (let pictures = 0; pictures < 40; pictures++) {
      await new Promise((resolve) => video.requestVideoFrameCallback(resolve));
      const now = look();
      most = Math.max(most, now.reduce((sum, value, at) => sum + Math.abs(value - before[at]), 0) / now.length);
      before = now;
    }
    return most;
  })()`);
}
