using System.Diagnostics;
using KvpRpc.Conformance;
using KvpRpc.Transports;

namespace KvpRpc.Emulator.Tests.Port;

/// <summary>This test program in its second role: a program in the guest, in a process of its own, which writes what it
/// reads under the key <c>question</c> under the key <c>answer</c>, for ever.</summary>
internal static class GuestProgram
{
    internal const string Argument = "--as-guest-program";
    internal const string Prefix = "answer";

    internal static Process Start(string endpoint) =>
        Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [Argument, endpoint]))!;

    internal static async Task RunAsync(string endpoint)
    {
        await using EmulatedGuestTransport transport = await EmulatedGuestTransport.ConnectAsync(endpoint, Prefix);
        while (true)
        {
            ItemCollector items = new();
            await transport.ReadPeerTableAsync(items, CancellationToken.None);
            KvpItemWrite write = new("answer") { Value = items.Items.GetValueOrDefault("question").AsMemory() };
            await transport.WriteAsync([write], CancellationToken.None);
            await transport.WaitForChangeAsync(CancellationToken.None);
        }
    }
}
