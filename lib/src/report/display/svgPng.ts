/**
 * An SVG drawing as PNG, for clients that show no SVG. JupyterLab shows a saved SVG only in a notebook that
 * was run there. Words are drawn in one of this machine's fonts.
 */
import { createCanvas, loadImage } from '@napi-rs/canvas';

/** Pixels of the PNG per pixel of the drawing, so that it is sharp. */
const SCALE = 1.5;

/** In base64, as in a cell's output. `svg` must need no style sheet. */
export async function svgPng(svg: string): Promise<string> {
  const image = await loadImage(Buffer.from(svg));
  const canvas = createCanvas(SCALE * image.width, SCALE * image.height);
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toBuffer('image/png').toString('base64');
}
