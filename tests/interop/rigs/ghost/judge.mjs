// Ghost's own client (npm @tryghost/admin-api) at a server: what it makes of it, as JSON without ids and times.
// usage: node judge.mjs FOLDER URL KEY PICTURE
import { createRequire } from 'node:module'

const [folder, url, key, picture] = process.argv.slice(2)
const GhostAdminAPI = createRequire(`${folder}/`)('@tryghost/admin-api')
const api = new GhostAdminAPI({ url, key, version: 'v5.0' })

const shown = (post) => ({
  title: post.title,
  slug: post.slug,
  status: post.status,
  html: post.html ?? null,
  tags: (post.tags ?? []).map((tag) => [tag.name, tag.slug, tag.visibility]),
  excerpt: post.custom_excerpt,
  path: new URL(post.url).pathname.replace(/[0-9a-f-]{36}/, 'UUID'),
  stamps: [post.created_at, post.updated_at, post.published_at].map((at) => (at ? at.replace(/\d/g, '0') : null)),
  id: /^[0-9a-f]{24}$/.test(post.id),
})
const refusal = async (promise) => {
  try {
    await promise
    return 'accepted'
  } catch (error) {
    return [error.name ?? error.type, error.code ?? null]
  }
}

const made = await api.posts.add(
  { title: 'Judged', html: '<p>One</p>', status: 'published', tags: ['Judge', '#sd-judge'], custom_excerpt: 'Short' },
  { source: 'html' },
)
const draft = await api.posts.add({ title: 'Judged', html: '<p>Two</p>' }, { source: 'html' })
const image = await api.images.upload({ file: picture, ref: 'mine' })
const said = {
  made: shown(made),
  draft: shown(draft),
  found: (await api.posts.browse({ filter: 'tag:hash-sd-judge', formats: 'html' })).map(shown),
  drafts: (await api.posts.browse({ filter: "status:draft+title:'Judged'" })).length,
  none: await api.posts.browse({ filter: 'tag:hash-sd-nobody' }),
  tag: (await api.tags.browse({ filter: "name:~^'jud'+name:~$'DGE'" })).map((tag) => [tag.name, tag.slug]),
  image: [new URL(image.url).pathname.replace(/\d+/g, '0'), image.ref],
  deleted: (await api.posts.delete({ id: made.id })) ?? null,
  again: await refusal(api.posts.delete({ id: made.id })),
  long: await refusal(api.posts.add({ title: 'x'.repeat(2001) })),
}
console.log(JSON.stringify(said, null, 1))
