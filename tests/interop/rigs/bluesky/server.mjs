// A whole Bluesky network (identity directory, PDS, app view) out of npm's @atproto/dev-env.
// usage: node server.mjs FOLDER PORTS.json READY
// FOLDER holds node_modules, PORTS.json {"plc", "pds", "bsky", "ozone"}; READY is written when all of them answer.
import { createRequire } from 'node:module'
import { readFileSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [folder, portsFile, readyFile] = process.argv.slice(2)
const ports = JSON.parse(readFileSync(portsFile, 'utf8'))
const require = createRequire(pathToFileURL(folder + '/'))
const { TestNetwork } = await import(pathToFileURL(require.resolve('@atproto/dev-env')).href)

const network = await TestNetwork.create({
  plc: { port: ports.plc },
  pds: { port: ports.pds, hostname: 'localhost', enableDidDocWithSession: true },
  bsky: { port: ports.bsky, publicUrl: `http://localhost:${ports.bsky}` },
  ozone: { port: ports.ozone },
})
writeFileSync(readyFile, network.pds.url + '\n')

let closing = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    if (closing) return
    closing = true
    const patience = new Promise((resolve) => setTimeout(resolve, 8000))
    await Promise.race([network.close().catch(() => {}), patience])
    process.exit(0)
  })
}
