// The official OAuth client signs in to a server whose page agrees at once: node oauth.mjs FOLDER SERVER HANDLE
// FOLDER holds node_modules. Answers on standard output what it was given and what it did with it.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const [folder, server, handle] = process.argv.slice(2)
const require = createRequire(pathToFileURL(folder + '/'))
const load = (name) => import(pathToFileURL(require.resolve(name)).href)
const { NodeOAuthClient, buildAtprotoLoopbackClientMetadata } = await load('@atproto/oauth-client-node')

const store = () => {
  const kept = new Map()
  return {
    get: async (key) => kept.get(key),
    set: async (key, value) => void kept.set(key, value),
    del: async (key) => void kept.delete(key),
  }
}
const redirect = 'http://127.0.0.1:49152/callback'
let last = Promise.resolve()
const client = new NodeOAuthClient({
  clientMetadata: buildAtprotoLoopbackClientMetadata({
    scope: 'atproto transition:generic',
    redirect_uris: [redirect],
  }),
  stateStore: store(),
  sessionStore: store(),
  handleResolver: server,
  plcDirectoryUrl: server,
  allowHttp: true,
  requestLock: (_name, work) => (last = last.then(work, work)),
})
const page = await client.authorize(handle, { redirect_uri: redirect })
const back = await fetch(page, { redirect: 'manual' })
const params = new URL(back.headers.get('location')).searchParams
const { session } = await client.callback(params, { redirect_uri: redirect })
const read = async (using) => {
  const answer = await using.fetchHandler('/xrpc/app.bsky.feed.getTimeline?limit=3')
  return [answer.status, (await answer.json()).feed?.length ?? 0]
}
const reads = await Promise.all(Array.from({ length: 10 }, () => read(session)))
const renewed = await client.restore(session.did, true)
const after = await read(renewed)
const told = await renewed.getTokenInfo(false)
await renewed.signOut()
console.log(JSON.stringify({ did: session.did, reads, after, issuer: told.iss, scope: told.scope }))
