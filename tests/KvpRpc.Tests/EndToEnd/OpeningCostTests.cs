using KvpRpc.Emulator;
using KvpRpc.Guest;
using KvpRpc.Host;
using KvpRpc.Links;
using KvpRpc.Tests.Calls;
using KvpRpc.Transports;

namespace KvpRpc.Tests.EndToEnd;

/// <summary>What a link costs from nothing to its first answer: hello and answer, one write each way, beside the call's
/// own; a guest's first call needs one more of the host, since a guest may speak only when it has seen a sealed
/// packet.</summary>
public sealed class OpeningCostTests : IAsyncDisposable
{
    // Nothing is asked again, audited or given up while a busy machine takes its time. The host reads often all the
    // same: reads are not what is counted.
    private static readonly KvpLinkOptions Patient = new()
    {
        TimeProvider = new SlowTimeProvider(),
        IdleReadInterval = TimeSpan.FromMilliseconds(0.2),
        BusyReadInterval = TimeSpan.FromMilliseconds(0.2),
    };

    private readonly EmulatedHyperV _hyperV = new();
    private readonly Echo _echo = new();
    private EmulatedVirtualMachine? _emulated;
    private KvpHost? _host;
    private KvpVirtualMachine? _machine;
    private KvpGuest? _guest;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private (long Host, long Guest) Writes => (_emulated!.Counters.HostWrites, _emulated.Counters.GuestWrites);

    [Fact]
    public async Task A_host_that_waits_for_its_guest_has_its_answer_after_two_writes_each()
    {
        await OpenHostAsync();
        Task<string>[] calls = Call(_machine!.CreateClient<IEcho>(), 1);
        OpenGuest();
        await Wait.For(Task.WhenAll(calls));
        Assert.Equal((2, 2), Writes);
    }

    // None of them is answered: answers that come one by one can ask for an acknowledgement.
    [Fact]
    public async Task All_calls_that_wait_for_the_link_go_out_with_its_first_packet()
    {
        await OpenHostAsync();
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        IEcho echo = _machine!.CreateClient<IEcho>();
        Task[] calls = [.. Enumerable.Range(0, 16).Select(_ => echo.WaitAsync(stop.Token))];
        OpenGuest();
        await Wait.Until(() => _echo.Begun == calls.Length);
        Assert.Equal(2, Writes.Host);

        await stop.CancelAsync();
        foreach (Task call in calls)
            await Assert.ThrowsAsync<OperationCanceledException>(() => Wait.For(call));
    }

    [Fact]
    public async Task A_host_whose_guest_has_waited_has_its_answer_after_two_writes_each()
    {
        await StartMachineAsync();
        GatedTransport tables = OpenGuest();
        await Wait.Until(() => tables.Landed == 1);
        tables.Hold();
        await OpenHostAsync();
        Task<string>[] calls = Call(_machine!.CreateClient<IEcho>(), 1);
        tables.LetGo();
        await Wait.For(Task.WhenAll(calls));
        Assert.Equal((2, 1 + 2), Writes);
    }

    [Fact]
    public async Task A_guest_that_waits_for_its_host_has_its_answer_after_three_writes_of_the_host_and_two_of_its_own()
    {
        await StartMachineAsync();
        GatedTransport tables = OpenGuest();
        await Wait.Until(() => tables.Landed == 1);
        Task<string>[] calls = Call(_guest!.CreateClient<IEcho>(), 1);
        await OpenHostAsync();
        await Wait.For(Task.WhenAll(calls));
        Assert.Equal((3, 1 + 2), Writes);
    }

    public async ValueTask DisposeAsync()
    {
        if (_guest is not null)
            await _guest.DisposeAsync();
        if (_host is not null)
            await _host.DisposeAsync();
        await _hyperV.DisposeAsync();
    }

    private static Task<string>[] Call(IEcho echo, int count) =>
        [.. Enumerable.Range(0, count).Select(i => echo.EchoAsync($"{i}", Token))];

    private async Task StartMachineAsync()
    {
        if (_emulated is not null)
            return;
        _emulated = _hyperV.AddVirtualMachine("vm");
        await _emulated.StartAsync(Token);
    }

    private async Task OpenHostAsync()
    {
        await StartMachineAsync();
        _host = new(_hyperV, new() { Links = Patient });
        _host.AddService<IEcho>(_ => new Echo(), RpcAccess.Anyone);
        _machine = await _host.OpenVirtualMachineAsync("vm", Token);
        if (_guest is null)
            await SeeHostItemAsync();
    }

    // A guest that starts now finds the host's hello: a write is counted before it lands.
    private async Task SeeHostItemAsync()
    {
        await using IKvpTransport tables = _emulated!.OpenGuestTransport(KvpChannel.KeyPrefix("default"));
        ItemCounter items = new();
        await Wait.Until(() =>
        {
            ValueTask read = tables.ReadPeerTableAsync(items, Token);
            return read.IsCompletedSuccessfully && items.Count > 0;
        });
    }

    private GatedTransport OpenGuest()
    {
        GatedTransport tables = new(_emulated!.OpenGuestTransport(KvpChannel.KeyPrefix("default")));
        _guest = new(tables, new() { Links = Patient });
        _guest.AddService<IEcho>(_echo, RpcAccess.Anyone);
        _guest.Start();
        return tables;
    }

    private sealed class ItemCounter : IKvpItemVisitor
    {
        internal int Count { get; private set; }

        public void Visit(ReadOnlySpan<char> key, ReadOnlySpan<char> value) => Count++;
    }
}
