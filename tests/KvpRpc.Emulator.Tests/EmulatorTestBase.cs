using KvpRpc.Conformance;
using KvpRpc.Emulator.Host;
using KvpRpc.Transports;
using KvpRpc.Transports.Host;

namespace KvpRpc.Emulator.Tests;

/// <summary>One emulated host with one virtual machine, and short ways to use them.</summary>
public abstract class EmulatorTestBase : IAsyncDisposable
{
    private EmulatedHyperV? _hyperV;

    protected static CancellationToken Canceled => TestContext.Current.CancellationToken;

    private protected EmulatedHyperV HyperV => _hyperV!;

    public async ValueTask DisposeAsync()
    {
        if (_hyperV is not null) await _hyperV.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected EmulatedVirtualMachine AddMachine(EmulatedHyperVOptions? options = null)
    {
        _hyperV = new EmulatedHyperV(options);
        return _hyperV.AddVirtualMachine("web-01");
    }

    private protected async Task<EmulatedVirtualMachine> StartMachineAsync(EmulatedHyperVOptions? options = null)
    {
        EmulatedVirtualMachine machine = AddMachine(options);
        await machine.StartAsync(Canceled);
        return machine;
    }

    private protected static async Task<uint> CallAsync(
        EmulatedVirtualMachine machine, HostMethod method, params (string Name, string Data)[] items)
    {
        EmulatedMethodResult result = await machine.KvpService.CallAsync(
            method, [.. items.Select(item => new HostDataItem(item.Name, item.Data))], Canceled);
        return result.ReturnValue.Value;
    }

    private protected static Task<uint> CallAsync(
        EmulatedVirtualMachine machine, HostMethod method, string name, string data) =>
        CallAsync(machine, method, (name, data));

    private protected static async Task<KvpItemWrite> WriteAsync(IKvpTransport transport, string key, string? value)
    {
        KvpItemWrite write = new(key) { Value = value.AsMemory(), IsDelete = value is null };
        await transport.WriteAsync([write], Canceled);
        return write;
    }

    private protected static Task<string> ReadOwnAsync(IKvpTransport transport) =>
        ReadAsync(transport.ReadOwnTableAsync);

    private protected static Task<string> ReadPeerAsync(IKvpTransport transport) =>
        ReadAsync(transport.ReadPeerTableAsync);

    // A table in one line, in the order in which it shows.
    private static async Task<string> ReadAsync(Func<IKvpItemVisitor, CancellationToken, ValueTask> read)
    {
        ItemCollector items = new();
        await read(items, Canceled);
        return string.Join(' ', items.Items.Select(item => $"{item.Key}={item.Value}"));
    }
}
