@echo off
rem The installed app's command line. It needs Node 20.19 or newer, because Electron's own Node is
rem disabled in the app. Set TOKENTRAY_NODE to use a node that is not the one on the PATH.
setlocal DisableDelayedExpansion
set "node=node"
if defined TOKENTRAY_NODE set "node=%TOKENTRAY_NODE%"
set "major=0"
set "minor=0"
for /f "tokens=1,2 delims=v." %%a in ('^""%node%" --version 2^>nul^"') do set "major=%%a" & set "minor=%%b"
set "fits="
if %major% gtr 20 set "fits=yes"
if %major% equ 20 if %minor% geq 19 set "fits=yes"
if not defined fits echo tokentray: Node 20.19 or newer is required. Install it, or set TOKENTRAY_NODE to its path. 1>&2
if not defined fits exit /b 1
"%node%" "%~dp0resources\cli\out\cli\tokentray.cjs" %*
