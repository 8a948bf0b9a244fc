/** The API takes no larger file. */
export const LARGEST_BYTES = 10_000_000;
/** More than this shows nothing that a face is drawn from. */
const LONGEST_SIDE_PIXELS = 2_048;
/** These are sent as they are where nothing is cut off; everything else that the browser can show becomes a JPEG. */
const SENT_AS_IS = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];

/** A part of a picture, in its pixels. */
export interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Whether the browser can read the file as a picture. */
export async function isPicture(file: Blob): Promise<boolean> {
  return createImageBitmap(file).then(
    (bitmap) => {
      bitmap.close();
      return true;
    },
    () => false,
  );
}

/** What is sent of a picture: a part of it, or all. Never larger than needed; turned as the camera was held. */
export async function cutPicture(file: File, part: Part | undefined): Promise<File> {
  if (!part && SENT_AS_IS.includes(file.type) && file.size <= LARGEST_BYTES) return file;
  const bitmap = await createImageBitmap(file);
  const { x, y, width, height } = part ?? { x: 0, y: 0, width: bitmap.width, height: bitmap.height };
  const scale = Math.min(1, LONGEST_SIDE_PIXELS / Math.max(width, height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw pictures');
  // What is transparent would become black.
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, x, y, width, height, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return jpegOf(canvas, file.name);
}

/** The picture on a canvas as a file. */
export function jpegOf(canvas: HTMLCanvasElement, name: string): Promise<File> {
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) =>
        blob
          ? resolve(new File([blob], `${name.replace(/\.\w+$/, '')}.jpg`, { type: 'image/jpeg' }))
          : reject(new Error('This browser cannot save pictures')),
      'image/jpeg',
      0.93,
    );
  });
}
