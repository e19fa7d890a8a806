// The peer: PouchDB against pouchdb-server. Arguments: the server, how many documents, a folder, the batch size.
const PouchDB = require('pouchdb');
const [, , url, count, folder, batch] = process.argv;
const text = '水位今晨回落，环城路两侧积水已经退去，社区组织清扫。';
const documents = Array.from({ length: Number(count) }, (_, n) => ({
  _id: `article-${String(n).padStart(6, '0')}`,
  headline: `第${n}篇：防汛通报`,
  body: (n + text.repeat(60)).slice(0, 1365),
}));
const timed = async (work) => {
  const begun = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begun) / 1e6;
};
(async () => {
  const one = new PouchDB(`${folder}/one`);
  const two = new PouchDB(`${folder}/two`);
  const remote = new PouchDB(`${url}/figures-${count}-${batch}`);
  const options = { batch_size: Number(batch) };
  for (let n = 0; n < documents.length; n += 1000) await one.bulkDocs(documents.slice(n, n + 1000));
  await remote.info();
  const up = await timed(() => one.replicate.to(remote, options));
  const down = await timed(() => two.replicate.from(remote, options));
  const there = (await two.info()).doc_count;
  if (there !== documents.length) throw new Error(`${there} documents arrived`);
  await one.sync(remote, options);
  const nothing = await timed(() => one.sync(remote, options));
  console.log(`${up} ${down} ${nothing}`);
})().catch((error) => {
  console.error(error);
  process.exit(1);
});
