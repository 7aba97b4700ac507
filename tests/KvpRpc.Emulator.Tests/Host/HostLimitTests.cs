using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;

namespace KvpRpc.Emulator.Tests.Host;

/// <summary>What a host item may hold depends on the guest that gets it.</summary>
public sealed class HostLimitTests : EmulatorTestBase
{
    // Three bytes of UTF-8 each.
    private static readonly string Wide = new('\u4E2D', 1023);

    [Fact]
    public async Task A_host_item_for_a_linux_guest_is_bounded_in_bytes_of_utf8()
    {
        IKvpTransport host = AddMachine().OpenHostTransport("");
        Assert.Equal((1023, 2047), (host.Limits.MaxValueUnits, host.Limits.MaxValueUtf8Bytes));
        Assert.Equal(KvpWriteOutcome.Refused, (await WriteAsync(host, "a", Wide)).Outcome);
    }

    [Fact]
    public async Task A_host_item_for_a_guest_that_counts_units_may_be_full_of_wide_characters()
    {
        EmulatedVirtualMachine machine = new("vm", EmulatedGuestKind.Linux, new UnitsOnlyGuest(), new());
        IKvpTransport host = machine.OpenHostTransport("");
        Assert.Equal((1023, null), (host.Limits.MaxValueUnits, host.Limits.MaxValueUtf8Bytes));
        Assert.Equal(KvpWriteOutcome.Landed, (await WriteAsync(host, "a", Wide)).Outcome);
        Assert.Equal("a=" + Wide, await ReadOwnAsync(host));
        await machine.DeleteAsync();
    }

    /// <summary>A guest that is off, and limited as a Windows guest is.</summary>
    private sealed class UnitsOnlyGuest : EmulatedGuest
    {
        internal override int? MaxValueUtf8Bytes => null;

        internal override bool IsServiceUp => false;

        internal override ValueTask BootAsync(CancellationToken cancellationToken) => default;

        internal override ValueTask HaltAsync(CancellationToken cancellationToken) => default;

        internal override ValueTask StartServiceAsync(CancellationToken cancellationToken) => default;

        internal override ValueTask StopServiceAsync(CancellationToken cancellationToken) => default;

        internal override ValueTask<KvpResponse> TransactAsync(
            KvpRequest request, CancellationToken cancellationToken) =>
            new(KvpResponse.Of(KvpResponse.Failed));

        internal override ValueTask<GuestTables> SaveTablesAsync(CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        internal override ValueTask RestoreTablesAsync(GuestTables tables, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public override ValueTask DisposeAsync() => default;
    }
}
