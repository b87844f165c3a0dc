/** Says in words that Node.js is too old, before an older one stumbles over something in a package. */
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19))
  throw new Error(
    `elephant: expected Node.js 20.19 or newer, got ${process.versions.node}. Install it from nodejs.org`,
  );

export {};
