namespace KvpRpc.Interop.Tests;

/// <summary>The JavaScript peer is the host, through the emulated host's tables; the guest is .NET's, on the files of
/// the real daemon.</summary>
public sealed class JavaScriptHostTests() : InteropTests(isDotNetHost: false);
