/** Preloaded into all processes of a test: notes each attempt to reach the network in $CONNECTIONS. */
const { appendFileSync } = require('node:fs');
const dns = require('node:dns');
const net = require('node:net');

const note = (what) => appendFileSync(process.env.CONNECTIONS, `${process.pid} ${what}\n`);

const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  const [first] = args.flat();
  // A path is a socket of this machine.
  if (typeof first !== 'string' && first?.path === undefined) note(`connects: ${JSON.stringify(first)}`);
  return connect.apply(this, args);
};
for (const [object, name] of [
  [dns, 'lookup'],
  [dns.promises, 'lookup'],
  [dns, 'resolve'],
]) {
  const original = object[name];
  object[name] = function (host, ...rest) {
    note(`looks up ${host}`);
    return original.call(this, host, ...rest);
  };
}
