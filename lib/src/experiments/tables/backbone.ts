/** The argument of views that exist for each backbone. */
import { unknownName } from '../../errors';
import { BACKBONES, type Backbone } from '../profiles';

/** The arguments of such a view in full. @throws InputError for an unknown backbone. */
export function backboneArgs(view: string, backbone: Backbone = 'SASRec'): readonly [Backbone] {
  if (!BACKBONES.includes(backbone)) throw unknownName(view, 'backbone', String(backbone), BACKBONES);
  return [backbone];
}
