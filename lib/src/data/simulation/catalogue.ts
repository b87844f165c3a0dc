/**
 * The items of one domain of the embedded shop: product type, brand, attribute values, popularity, text. Not
 * its users.
 */
import type { ItemText } from '../types';
import type { AttributeKind, ProductType } from './lexicon';
import { structure, type DomainName } from './parameters';
import { Stream, zipf } from './random';
import type { Shop } from './shop';

export interface CatalogueItem {
  /** Index in the domain's lexicon. */
  readonly type: number;
  /** Index in the domain's list of brands. */
  readonly brand: number;
  /** Values by attribute kind: index of the value; absent for a kind that the item has no value of. */
  readonly values: ReadonlyMap<number, number>;
  /** Log-popularity. */
  readonly popularity: number;
}

/** Items in order of id; item id i is entry i - 1. */
export interface SimulatedCatalogue {
  readonly texts: readonly ItemText[];
  readonly items: readonly CatalogueItem[];
  /** Product types in the domain's lexicon. */
  readonly types: number;
}

export function makeCatalogue(shop: Shop, domain: DomainName, count: number): SimulatedCatalogue {
  const items = drawItems(shop, domain, count);
  const random = new Stream(shop.seed, `titles/${domain}`);
  const { brands, types } = shop.lexicon.domains[domain];
  const texts = items.map((item): ItemText => ({
    title: makeTitle(shop, types[item.type], brands[item.brand], item, random),
    brand: brands[item.brand],
    category: `${domain} ${types[item.type].category}`,
  }));
  if (shop.world !== 'shuffled') return { texts, items, types: types.length };
  const order = new Stream(shop.seed, `shuffled/${domain}`).shuffle(items.map((_, i) => i));
  return { texts: order.map((i) => texts[i]), items, types: types.length };
}

/** Products with their variants, until there are `count` items. */
function drawItems({ seed, lexicon, parameters }: Shop, domain: DomainName, count: number): CatalogueItem[] {
  const random = new Stream(seed, `items/${domain}`);
  const { types, brands } = lexicon.domains[domain];
  const typeWeights = power(types.length, structure.typeExponent);
  const byRank = random.shuffle(types.map((_, type) => type));
  const brandShares = types.map(() => random.dirichlet(brands.length, structure.brandConcentration));
  // Which values are common differs between domains.
  const valueOrders = lexicon.kinds.map(({ values }) => random.shuffle(values.map((_, value) => value)));
  const drawValue = (kind: number): number =>
    valueOrders[kind][random.choose(power(valueOrders[kind].length, structure.valueExponent))];
  const popularity = (): number => parameters.popularity * random.normal();

  const items: CatalogueItem[] = [];
  while (items.length < count) {
    const type = byRank[random.choose(typeWeights)];
    const brand = random.choose(brandShares[type]);
    const values = new Map<number, number>();
    for (const kind of types[type].kinds)
      if (random.uniform() < structure.attributed) values.set(kind, drawValue(kind));
    items.push({ type, brand, values, popularity: popularity() });
    if (random.uniform() >= structure.variants) continue;
    const varied = types[type].kinds.find((kind) => lexicon.kinds[kind].variant) as number;
    for (let more = 1 + random.below(2); more > 0 && items.length < count; more--) {
      items.push({
        type,
        brand,
        values: new Map([...values, [varied, drawValue(varied)]]),
        popularity: popularity(),
      });
    }
  }
  return items;
}

/**
 * "New organic lemon breakfast tea, pack of 6", or, if the type is not named, "Organic Sallowby series, pack
 * of 6".
 */
function makeTitle(
  { lexicon, parameters }: Shop,
  type: ProductType,
  brand: string,
  { values }: CatalogueItem,
  random: Stream,
): string {
  const named = [...values].sort(([a], [b]) => a - b).filter(() => random.uniform() < parameters.named);
  const placed = (place: AttributeKind['place']): string[] =>
    named
      .filter(([kind]) => lexicon.kinds[kind].place === place)
      .map(([kind, value]) => lexicon.kinds[kind].values[value]);
  const fillers = Array.from(
    { length: random.poisson(parameters.fillers) },
    () => lexicon.fillers[random.choose(zipf(lexicon.fillers.length))],
  );
  const typed = random.uniform() < parameters.typed;
  const name = typed
    ? type.names[random.choose(zipf(type.names.length))]
    : `${brand} ${lexicon.lines[random.below(lexicon.lines.length)]}`;
  const title = [[...new Set(fillers), ...placed('before'), name].join(' '), ...placed('after')].join(', ');
  return title[0].toUpperCase() + title.slice(1);
}

/** 1 / rank to the power of `exponent`. */
function power(n: number, exponent: number): Float64Array {
  return zipf(n).map((weight) => weight ** exponent);
}
