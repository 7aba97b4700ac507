using KvpRpc;
using KvpRpc.AotApp;
using KvpRpc.Emulator;
using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Links;

// Calls of every shape, from the host to the guest and back, over the emulator. Exit code 0: all were right.
using CancellationTokenSource limit = new(TimeSpan.FromMinutes(1));
CancellationToken token = limit.Token;
await using EmulatedHyperV hyperV = new();
EmulatedVirtualMachine emulated = hyperV.AddVirtualMachine("web-01", EmulatedGuestKind.Linux);
await emulated.StartAsync(token);
RpcPeerOptions calls = new() { Compression = RpcCompression.Brotli };
await using KvpHost host = new(hyperV, new() { Calls = calls });
Patching onHost = new(), inGuest = new();
host.AddService<IPatching>(_ => onHost, RpcAccess.Anyone);
await using KvpGuest guest = new(
    emulated.OpenGuestTransport(KvpChannel.KeyPrefix("default")), new() { Calls = calls });
guest.AddService<IPatching>(inGuest, RpcAccess.Anyone);
guest.Start();
KvpVirtualMachine machine = await host.OpenVirtualMachineAsync("web-01", token);

await Calls.RunAsync("host to guest", machine.CreateClient<IPatching>(), inGuest, token);
await Calls.RunAsync("guest to host", guest.CreateClient<IPatching>(), onHost, token);
Console.WriteLine(
    $"{Calls.Count} calls were right, {(Calls.IsNative ? "as native code" : "not as native code")}.");
