@echo off
rem The plugin's MCP server on Windows.
node "%~dp0..\dist\witness.mjs" 2>nul
