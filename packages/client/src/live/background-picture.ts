import type { Background } from '@visavis/face/rendering';

/**
 * The picture at an address of the server, cropped to cover what is drawn before it. What the face has itself where the picture is
 * gone. @throws where the browser cannot read it
 */
export async function backgroundPicture(
  address: string,
  { width, height, signal }: { width: number; height: number; signal: AbortSignal },
): Promise<Background> {
  const response = await fetch(address, { signal });
  if (!response.ok) return { type: 'own' };
  const bitmap = await createImageBitmap(await response.blob());
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) throw new Error('This browser draws no pictures');
  const scale = Math.max(width / bitmap.width, height / bitmap.height);
  const [across, down] = [bitmap.width * scale, bitmap.height * scale];
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, (width - across) / 2, (height - down) / 2, across, down);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) rgb.set(data.subarray(4 * pixel, 4 * pixel + 3), 3 * pixel);
  return { type: 'image', width, height, rgb };
}
