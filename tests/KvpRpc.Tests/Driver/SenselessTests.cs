using KvpRpc.Host;
using KvpRpc.Links;
using KvpRpc.Tests.Calls;
using KvpRpc.Tests.EndToEnd;
using KvpRpc.Transports;

namespace KvpRpc.Tests.Driver;

/// <summary>Loggers that throw and transports that announce what no link fits into.</summary>
public sealed class SenselessTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<KvpTransportLimits, string> SenselessLimits => new()
    {
        { new() { MaxKeyUnits = 0 }, "MaxKeyUnits = 0; a link needs 18 or more" },
        { new() { MaxKeyUnits = 17 }, "MaxKeyUnits = 17; a link needs 18 or more" },
        { new() { MaxValueUnits = -1 }, "MaxValueUnits = -1; a link needs 684 or more" },
        { new() { MaxValueUnits = 683 }, "MaxValueUnits = 683; a link needs 684 or more" },
        { new() { MaxValueUtf8Bytes = 683 }, "MaxValueUtf8Bytes = 683; a link needs 684 or more" },
        { new() { MaxItemsPerBatch = 0 }, "MaxItemsPerBatch = 0; a link needs 1 or more" },
    };

    [Theory]
    [MemberData(nameof(SenselessLimits), DisableDiscoveryEnumeration = true)]
    public async Task A_transport_that_leaves_no_room_for_a_link_is_refused_and_told_why(
        KvpTransportLimits limits, string why)
    {
        await using ScriptedTransport transport = new() { Limits = limits };
        ArgumentException error = Assert.Throws<ArgumentException>(() => KvpChannel.OpenGuest(transport));
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.False(transport.Disposed.Task.IsCompleted);
    }

    [Fact]
    public async Task The_smallest_limits_that_leave_room_for_a_link_are_taken()
    {
        await using ScriptedTransport transport = new()
        {
            Limits = new() { MaxKeyUnits = 18, MaxValueUnits = 684, MaxValueUtf8Bytes = 684, MaxItemsPerBatch = 1 },
        };
        TaskCompletionSource<string> written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        transport.Write = batch =>
        {
            written.TrySetResult(batch[0].Value.ToString());
            batch[0].Outcome = KvpWriteOutcome.Landed;
            return default;
        };
        await using KvpChannel channel = KvpChannel.OpenGuest(transport);
        Assert.StartsWith("h", await Wait.For(written.Task), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vm_whose_transport_leaves_no_room_for_a_link_does_not_stay_taken()
    {
        await using ScriptedTransport transport = new() { Limits = new() { MaxValueUnits = 1 } };
        await using KvpHost host = new(new OneMachine(transport));
        await Assert.ThrowsAsync<ArgumentException>(async () => await host.OpenVirtualMachineAsync("vm", Token));
        Assert.True(transport.Disposed.Task.IsCompleted);
    }

    [Fact]
    public async Task A_logger_that_throws_does_not_end_the_link()
    {
        ThrowingLogger logger = new();
        KvpLinkOptions links = new() { Logger = logger };
        await using EmulatedPair pair = await EmulatedPair.StartAsync(links: links, guestLinks: links);
        Assert.Equal("text", await Wait.For(pair.Machine.CreateClient<IEcho>().EchoAsync("text", Token)));
        Assert.True(logger.WasAsked);
    }

    private sealed class OneMachine(IKvpTransport transport) : IKvpHypervisor
    {
        public ValueTask<IReadOnlyList<KvpVirtualMachineInfo>> ListVirtualMachinesAsync(
            CancellationToken cancellationToken) => new([new(Guid.Empty, "vm")]);

        public IKvpTransport OpenTransport(Guid id, string keyPrefix) => transport;
    }
}
