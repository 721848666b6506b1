#!/usr/bin/env node
import { main } from './main.ts'

process.exitCode = await main(process.argv.slice(2), process.env, process.cwd())
// Whatever still holds the loop open (a socket of a server that is away) must not keep a finished command alive.
process.exit()
