# One verb under Task Scheduler, with the environment file; a failure is told.
param([Parameter(ValueFromRemainingArguments = $true)][string[]] $Words)
Get-Content -LiteralPath {{ENV}} -Encoding UTF8 | ForEach-Object {
    if ($_ -match "^([A-Za-z_]\w*)='(.*)'\s*$") { Set-Item -Path "env:$($Matches[1])" -Value $Matches[2] }
}
& {{PROGRAM}} $Words --config {{CONFIG}} 2>&1 | ForEach-Object { "$_" } |
    Out-File -LiteralPath {{LOG}} -Append -Encoding utf8
$code = $LASTEXITCODE
# 3: a source was not judged, and the workbook says which.
if ($code -ne 0 -and $code -ne 3) {
    $text = "identity-audit $Words failed on $env:COMPUTERNAME, exit code $code. The log says more: " + {{LOG}}
    eventcreate /L APPLICATION /T ERROR /SO identity-audit /ID 1 /D $text | Out-Null
    if ($env:AUDIT_TELL -and $env:AUDIT_SMTP) {
        Send-MailMessage -To $env:AUDIT_TELL -From $env:AUDIT_TELL -SmtpServer $env:AUDIT_SMTP `
            -Subject 'identity-audit failed' -Body $text
    }
}
exit $code
