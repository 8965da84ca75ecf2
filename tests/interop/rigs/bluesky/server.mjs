// A whole Bluesky network (identity directory, PDS, app view) out of npm's @atproto/dev-env.
// usage: node server.mjs FOLDER PORTS.json READY
// FOLDER holds node_modules, PORTS.json {"plc", "pds", "bsky", "ozone"}; READY is written when all of them answer.
// A feed generator runs beside them: every feed of its gives the posts that FOLDER/feed.json lists. READY holds its DID.
import { createRequire } from 'node:module'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'

const [folder, portsFile, readyFile] = process.argv.slice(2)
const ports = JSON.parse(readFileSync(portsFile, 'utf8'))
const require = createRequire(pathToFileURL(folder + '/'))
const { TestFeedGen, TestNetwork } = await import(pathToFileURL(require.resolve('@atproto/dev-env')).href)

const network = await TestNetwork.create({
  plc: { port: ports.plc },
  pds: { port: ports.pds, hostname: 'localhost', enableDidDocWithSession: true },
  bsky: { port: ports.bsky, publicUrl: `http://localhost:${ports.bsky}` },
  ozone: { port: ports.ozone },
})
const feed = () => ({
  encoding: 'application/json',
  body: { feed: JSON.parse(readFileSync(folder + '/feed.json', 'utf8')).map((post) => ({ post })) },
})
const generator = await TestFeedGen.create(network.plc.url, new Proxy({}, { get: () => feed }))
writeFileSync(readyFile + '.part', generator.did + '\n')
renameSync(readyFile + '.part', readyFile)

let closing = false
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, async () => {
    if (closing) return
    closing = true
    const patience = new Promise((resolve) => setTimeout(resolve, 8000))
    await Promise.race([Promise.all([generator.close(), network.close()]).catch(() => {}), patience])
    process.exit(0)
  })
}
