// Preload (node --require): every TCP server of the process listens on 127.0.0.1, whatever address its author gave it.
const net = require('node:net')
const listen = net.Server.prototype.listen

net.Server.prototype.listen = function (...args) {
  const [first] = args
  if (first !== null && typeof first === 'object') {
    const elsewhere = first.path !== undefined || first.fd !== undefined || first._handle !== undefined
    if (!elsewhere) args[0] = { ...first, host: '127.0.0.1' }
    return listen.apply(this, args)
  }
  if (typeof first === 'string' && !/^\d+$/.test(first)) return listen.apply(this, args) // a unix socket
  const callback = args.find((argument) => typeof argument === 'function')
  return listen.apply(this, [{ port: Number(first || 0), host: '127.0.0.1' }, ...(callback ? [callback] : [])])
}
