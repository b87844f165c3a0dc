/**
 * Loaded before a kernel by a test: binding takes half a second, and until then the socket refuses to receive
 * again, as ZeroMQ's does on a slow machine.
 */
const { Router } = require('zeromq');

const { bind, receive } = Router.prototype;
const binding = new WeakSet();

// Not by assignment: the native class's methods are read-only.
Object.defineProperty(Router.prototype, 'bind', {
  async value(address) {
    binding.add(this);
    await bind.call(this, address);
    await new Promise((resolve) => setTimeout(resolve, 500));
    binding.delete(this);
  },
});
Object.defineProperty(Router.prototype, 'receive', {
  value() {
    if (binding.has(this))
      throw Object.assign(new Error('Socket is blocked by a bind or unbind operation'), { code: 'EBUSY' });
    return receive.call(this);
  },
});
