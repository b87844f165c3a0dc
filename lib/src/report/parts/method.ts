/** The method in pictures. */
import { methodInPictures } from '../methodInPictures';
import type { Part } from './part';

export const methodPart: Part = {
  name: 'method',
  section: undefined,
  blocks: async () => methodInPictures(),
};
