namespace KvpRpc.Interop.Tests;

/// <summary>The JavaScript peer is the host; the guest is .NET's, on the files of the real daemon.</summary>
public sealed class JavaScriptHostStreamTests() : InteropStreamTests(isDotNetHost: false);
