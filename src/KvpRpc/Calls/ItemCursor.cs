using KvpRpc.Generated;
using KvpRpc.Links;
using MessagePack;

namespace KvpRpc.Calls;

/// <summary>Takes the items out of a message, one by one as they are wanted.</summary>
internal struct ItemCursor(in KvpLinkMessage message, int payloadStart) : IDisposable
{
    private readonly KvpLinkMessage _message = message;
    private int _offset = payloadStart;

    internal int PayloadBytes { get; } = message.Data.Length - payloadStart;

    internal readonly bool HasNext => _offset < _message.Data.Length;

    /// <summary>Takes the next item.</summary>
    /// <exception cref="RpcException">The bytes are no such item, or it is over the limit.</exception>
    internal T Read<T>(RpcSerializer<T> serializer, int maxBytes, string method)
    {
        T value;
        long length;
        try
        {
            MessagePackReader reader = new(_message.Data[_offset..]);
            value = serializer.Read(ref reader);
            length = reader.Consumed;
        }
        catch (Exception exception)
        {
            // Whatever it is: bytes of the peer made generated code or a user's formatter throw.
            throw CallErrors.ItemUnreadable(method, exception);
        }

        if (length > maxBytes)
            throw CallErrors.ItemTooLarge(method, maxBytes);

        // A formatter that reads nothing would do so for ever.
        if (length == 0)
            throw CallErrors.ItemUnreadable(method);
        _offset += (int)length;
        return value;
    }

    /// <summary>Gives the message's buffer and the peer's credit back; once.</summary>
    public readonly void Dispose() => _message.Dispose();
}
