#!/usr/bin/env node
// The name of before: status lines, services and scripts that were installed then still have it.
import './signalbox.cjs'
