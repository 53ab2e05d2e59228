// A PDS (the reference server, MIT) with a directory of dids of its own, so that no account made in a test is announced
// anywhere. In an empty folder:
//   npm install @atproto/pds@0.4.217 @did-plc/server
//   PDS_ADMIN_PASSWORD=… NODE_PATH=node_modules node …/tests/connectors/pds_server.js data
const { PlcServer, Database } = require('@did-plc/server')
const { PDS, envToCfg, envToSecrets, readEnv } = require('@atproto/pds')

async function main(folder) {
  await PlcServer.create({ db: Database.mock(), port: 2582 }).start()
  Object.assign(process.env, {
    PDS_HOSTNAME: 'localhost',
    PDS_PORT: '2583',
    PDS_DEV_MODE: 'true',
    PDS_DATA_DIRECTORY: folder,
    PDS_BLOBSTORE_DISK_LOCATION: `${folder}/blobs`,
    PDS_JWT_SECRET: 'x'.repeat(32),
    PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: '1'.repeat(64),
    PDS_DID_PLC_URL: 'http://localhost:2582',
    PDS_SERVICE_HANDLE_DOMAINS: '.test',
    PDS_INVITE_REQUIRED: 'false',
    PDS_BSKY_APP_VIEW_URL: 'http://localhost:1',
    PDS_BSKY_APP_VIEW_DID: 'did:web:localhost',
    LOG_ENABLED: 'false',
  })
  const env = readEnv()
  await (await PDS.create(envToCfg(env), envToSecrets(env))).start()
  console.log('the PDS answers at http://127.0.0.1:2583')
}

main(process.argv[2]).catch((fault) => {
  console.error(fault)
  process.exit(1)
})
