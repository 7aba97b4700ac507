namespace KvpRpc.Interop.Tests;

/// <summary>The JavaScript peer is the guest, on the files of the real daemon; the host is .NET's.</summary>
public sealed class JavaScriptGuestStreamTests() : InteropStreamTests(isDotNetHost: true);
