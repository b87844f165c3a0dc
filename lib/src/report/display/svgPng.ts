/**
 * An SVG drawing as PNG, for clients that show no SVG. JupyterLab shows a saved SVG only in a notebook that
 * was run there. Words are drawn in one of this machine's fonts.
 */
import { createCanvas, GlobalFonts, loadImage } from '@napi-rs/canvas';

/** Pixels of the PNG per pixel of the drawing, so that it is sharp. */
const SCALE = 1.5;

/**
 * The part of a cell's output that has the PNG, in base64. `svg` must need no style sheet. Nothing on a
 * machine without a font, as a bare container: the drawing would have no words, and its text form says more.
 */
export async function svgPng(svg: string): Promise<{ 'image/png'?: string }> {
  if (GlobalFonts.families.length === 0) return {};
  const image = await loadImage(Buffer.from(svg));
  const canvas = createCanvas(SCALE * image.width, SCALE * image.height);
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  return { 'image/png': canvas.toBuffer('image/png').toString('base64') };
}
