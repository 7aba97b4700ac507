using System.Buffers;
using KvpRpc.Links;
using MessagePack;

namespace KvpRpc.Interop.Tests;

/// <summary>The messages of a call on a stream, byte by byte as <c>protocol/calls.md</c> says, without the call layer
/// of this library.</summary>
internal sealed class RawCall(KvpLinkStream stream) : IAsyncDisposable
{
    internal const byte Call = 1;
    internal const byte Item = 2;
    internal const byte Result = 3;
    internal const byte Trailers = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Sends a message without fields whose payload is an array of numbers.</summary>
    internal ValueTask SendArgumentsAsync(bool isLast, params int[] arguments) =>
        SendAsync(Call, isLast, (ref writer) =>
        {
            writer.WriteArrayHeader(arguments.Length);
            foreach (int argument in arguments)
                writer.Write(argument);
        });

    /// <summary>Sends a message without fields whose payload is a number.</summary>
    internal ValueTask SendNumberAsync(byte kind, int number, bool isLast = false) =>
        SendAsync(kind, isLast, (ref writer) => writer.Write(number));

    internal ValueTask SendTrailersAsync() => stream.SendAsync(new[] { Trailers }, endOfStream: true, Token);

    internal ValueTask CompleteAsync() => stream.CompleteAsync(Token);

    /// <summary>Receives the arguments of a call.</summary>
    internal async Task<(int[] Arguments, bool IsLast)> ReceiveArgumentsAsync()
    {
        using KvpLinkMessage message = await ReceiveAsync();
        Assert.Equal(Call, message.Data.Span[0]);
        MessagePackReader reader = new(message.Data[1..]);
        int[] arguments = new int[reader.ReadArrayHeader()];
        for (int index = 0; index < arguments.Length; index++)
            arguments[index] = reader.ReadInt32();
        Assert.True(reader.End);
        return (arguments, message.IsEndOfStream);
    }

    /// <summary>Receives items until another message or the end of the direction comes.</summary>
    internal async Task<(List<int> Items, byte Last, int Number)> ReceiveItemsAsync()
    {
        List<int> items = [];
        while (true)
        {
            using KvpLinkMessage message = await ReceiveAsync();
            if (!message.HasContent)
                return (items, 0, 0);
            byte kind = message.Data.Span[0];
            int number = message.Data.Length > 1 ? new MessagePackReader(message.Data[1..]).ReadInt32() : 0;
            if (kind != Item)
            {
                Assert.True(message.IsEndOfStream);
                return (items, kind, number);
            }

            items.Add(number);
            if (message.IsEndOfStream)
                return (items, 0, 0);
        }
    }

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private Task<KvpLinkMessage> ReceiveAsync() =>
        stream.ReceiveAsync(Token).AsTask().WaitAsync(Patience, Token);

    private ValueTask SendAsync(byte kind, bool isLast, Payload payload)
    {
        ArrayBufferWriter<byte> buffer = new();
        buffer.Write([kind]);
        MessagePackWriter writer = new(buffer);
        payload(ref writer);
        writer.Flush();
        return stream.SendAsync(buffer.WrittenMemory, isLast, Token);
    }

    private delegate void Payload(ref MessagePackWriter writer);
}
