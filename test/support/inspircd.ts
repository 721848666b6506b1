import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cloneFolder, freePort, listens, type Running, run, temporaryFolder, until } from './process.ts'

/** A real InspIRCd in a folder of its own: the second, foreign kind of network (no CHATHISTORY, no accounts). */
export interface InspIrcd extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  kill(): Promise<void>
  restart(): Promise<void>
}

const modules = [
  'cap',
  'ircv3',
  'ircv3_accounttag',
  'ircv3_batch',
  'ircv3_capnotify',
  'ircv3_chghost',
  'ircv3_ctctags',
  'ircv3_echomessage',
  'ircv3_labeledresponse',
  'ircv3_msgid',
  'ircv3_servertime',
  'botmode',
  'chanhistory',
  'conn_join',
  'deaf',
  'monitor',
  'namesx',
  'services_account',
  'setname',
  'uhnames',
]

/**
 * Starts InspIRCd. `history` gives every room +H (a replay at join); `floodLimits: 'stock'` leaves the limits of a stock
 * configuration on, else there are none; `without` leaves modules out.
 */
export async function startInspIrcd(
  options: { port?: number; history?: string | null; floodLimits?: 'none' | 'stock'; without?: string[] } = {},
): Promise<InspIrcd> {
  const home = join(cloneFolder, '.breakroom/inspircd')
  const program = join(home, 'inspircd')
  if (!existsSync(program)) throw new Error('inspircd is not installed: run "sh scripts/setup.sh --test"')
  const folder = temporaryFolder()
  const port = options.port ?? (await freePort())
  const file = join(folder.path, 'inspircd.conf')
  const loaded = modules.filter((name) => !options.without?.includes(name))
  const history = options.history === undefined ? '200:1d' : options.history
  writeFileSync(
    file,
    configuration({ port, folder: folder.path, home, loaded, history, stock: options.floodLimits === 'stock' }),
  )

  // In a container everything is root; InspIRCd refuses that unless told.
  const asRoot = process.getuid?.() === 0
  let running: Running
  const start = async () => {
    running = run(program, ['--config', file, '--nopid', '--nofork', ...(asRoot ? ['--runasroot'] : [])], {
      cwd: folder.path,
    })
    await until(
      'inspircd listens',
      async () => {
        if ((await Promise.race([running.exited, listens(port)])) === true) return true
        if (/Unable|error/i.test(running.output)) throw new Error(running.output)
        return false
      },
      10_000,
    )
  }
  await start()
  return {
    port,
    get pid() {
      return running.pid
    },
    kill: () => running.kill('SIGKILL'),
    restart: start,
    async [Symbol.asyncDispose]() {
      await running.kill('SIGKILL')
      folder[Symbol.dispose]()
    },
  }
}

function configuration(options: {
  port: number
  folder: string
  home: string
  loaded: string[]
  history: string | null
  stock: boolean
}): string {
  const limits = options.stock
    ? 'softsendq="8192" hardsendq="1048576" recvq="8192" threshold="10" commandrate="1000" fakelag="yes"'
    : 'softsendq="8388608" hardsendq="16777216" recvq="1048576" threshold="100000" commandrate="100000000" fakelag="no"'
  return `
<server name="insp.test" description="test" network="InspTest">
<admin name="test" nick="test" email="test@localhost">
<bind address="127.0.0.1" port="${options.port}" type="clients">
<path configdir="${options.folder}" datadir="${options.folder}" logdir="${options.folder}" moduledir="${options.home}/lib/inspircd/modules" runtimedir="${options.folder}">
<connect name="main" allow="*" timeout="30" pingfreq="120" ${limits} localmax="5000" globalmax="5000" maxconnwarn="no" resolvehostnames="no" useident="no" limit="5000" modes="+i">
<performance netbuffersize="65534" somaxconn="511" softlimit="12000" quietbursts="yes" nouserdns="yes">
<security hideserver="" customversion="" maxtargets="20">
<options defaultmodes="${options.history === null ? 'n' : `nH ${options.history}`}" prefixquit="Quit: " syntaxhints="no" casemapping="ascii">
<chanhistory maxlines="1000" maxduration="4w" prefixmsg="yes" savefrombots="yes" sendtobots="yes">
<ctctags allowclientonlytags="yes">
<log method="file" type="* -USERINPUT -USEROUTPUT" level="default" target="${options.folder}/ircd.log">
${coreModules.map((name) => `<module name="core_${name}">`).join('\n')}
${options.loaded.map((name) => `<module name="${name}">`).join('\n')}
`
}

const coreModules = [
  'channel',
  'dns',
  'hostname_lookup',
  'info',
  'list',
  'loadmodule',
  'lusers',
  'message',
  'mode',
  'oper',
  'reloadmodule',
  'serialize_rfc',
  'stats',
  'stub',
  'user',
  'who',
  'whois',
  'whowas',
  'xline',
]
