/** Tables 1 to 5 as views: the stages behind a table, and the table made from them. Called by Session. */
import { allCells, cellNodes, type TableId } from '../cells';
import type { ComparisonTable } from '../measured';
import { datasetNode, domainsOf, withoutTraining } from '../nodes';
import type { Backbone, Profile } from '../profiles';
import type { StageNode } from '../../pipeline/stage';
import { table1, table2, table3, table3AllItems, table4, table5 } from '../tables';
import type { View } from './view';

export function table1View(profile: Profile): View<ComparisonTable> {
  return { nodes: nodesOf(profile, 'table1'), make: (read) => table1(profile, read) };
}

export function table2View(profile: Profile): View<ComparisonTable> {
  return {
    nodes: domainsOf(profile).map((domain) => datasetNode(profile, domain)),
    make: (read) => table2(profile, domainsOf(profile), read),
  };
}

export function table3View(profile: Profile, backbone: Backbone): View<ComparisonTable> {
  return { nodes: nodesOf(profile, 'table3'), make: (read) => table3(profile, backbone, read) };
}

export function table3AllItemsView(profile: Profile, backbone: Backbone): View<ComparisonTable> {
  return { nodes: nodesOf(profile, 'table3'), make: (read) => table3AllItems(profile, backbone, read) };
}

export function table4View(profile: Profile): View<ComparisonTable> {
  return { nodes: nodesOf(profile, 'table4'), make: (read) => table4(profile, read) };
}

export function table5View(profile: Profile): View<ComparisonTable> {
  return { nodes: nodesOf(profile, 'table5'), make: (read) => table5(profile, read) };
}

/** The stages behind a table or Figure 2, baselines included. */
export function nodesOf(profile: Profile, table: TableId): StageNode[] {
  const cells = allCells(profile).filter((cell) => cell.table === table);
  const rankings =
    table === 'table3' || table === 'table4'
      ? profile.domains.flatMap((domain) => withoutTraining(profile, domain))
      : [];
  return [...rankings, ...cells.flatMap((cell) => cellNodes(profile, cell) ?? [])];
}
