using KvpRpc.Driver;
using KvpRpc.Links;
using KvpRpc.Protocol.Hellos;
using Microsoft.Extensions.Time.Testing;

namespace KvpRpc.Tests.Driver;

/// <summary>However a driver ends, nobody waits for it without end.</summary>
public sealed class DriverEndTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_send_on_a_stream_of_a_driver_that_has_ended_fails()
    {
        await using ScriptedTransport transport = new();
        await using LinkDriver driver = new(transport, PeerRole.Guest, new());
        await using KvpLinkStream stream =
            new DriverLink(driver, 1, 1024, 16).OpenStream("late", KvpStreamPriority.Normal);
        await driver.DisposeAsync();
        Task send = stream.SendAsync(new byte[1], endOfStream: true, Token).AsTask();
        KvpLinkException error = await Assert.ThrowsAsync<KvpLinkException>(() => send.WaitAsync(Bound, Token));
        Assert.Equal((KvpLinkError.Closed, true), (error.Error, error.CertainlyNotDelivered));
    }

    [Fact]
    public async Task A_transport_that_never_ends_a_read_holds_nobody_up()
    {
        FakeTimeProvider time = new();
        TaskCompletionSource began = new();
        TaskCompletionSource read = new();
        await using ScriptedTransport transport = new()
        {
            Read = _ =>
            {
                began.TrySetResult();
                return new(read.Task);
            },
        };
        await using KvpChannel channel = KvpChannel.OpenGuest(transport, new() { TimeProvider = time });
        await began.Task.WaitAsync(Bound, Token);
        Task<KvpLink> waiting = channel.GetLinkAsync(Token).AsTask();
        Task disposal = channel.DisposeAsync().AsTask();
        await Assert.ThrowsAsync<KvpLinkException>(() => waiting.WaitAsync(Bound, Token));
        while (!disposal.IsCompleted)
        {
            Token.ThrowIfCancellationRequested();
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await disposal;
        Assert.False(transport.Disposed.Task.IsCompleted);
        read.SetResult();
        await transport.Disposed.Task.WaitAsync(Bound, Token);
    }

    [Fact]
    public async Task A_transport_that_cannot_be_closed_does_not_keep_the_driver_from_it()
    {
        await using ScriptedTransport transport = new() { ThrowsOnDispose = true };
        LinkDriver driver = new(transport, PeerRole.Guest, new());
        await driver.DisposeAsync();
        await driver.DisposeAsync();
        Assert.True(transport.Disposed.Task.IsCompleted);
        transport.ThrowsOnDispose = false;
    }
}
