using System.Collections.Concurrent;
using KvpRpc.Generated;
using MessagePack;

namespace KvpRpc.Calls;

/// <summary>Writes and reads the details of errors: an array of pairs, each the name of a registered type and an object
/// of it.</summary>
/// <remarks>The peer chooses among the registered names, never a type.</remarks>
internal static class ErrorDetails
{
    private const int MaxDetails = 16;
    private const int HeaderBytes = 3;

    private static readonly ConcurrentDictionary<Type, Codec> ByType = new();
    private static readonly ConcurrentDictionary<string, Codec> ByName = new(StringComparer.Ordinal);

    static ErrorDetails()
    {
        Register("kvprpc.ErrorInfo", WellKnownDetails.ErrorInfo);
        Register("kvprpc.InvalidArguments", WellKnownDetails.InvalidArguments);
        Register("kvprpc.ExceptionInfo", WellKnownDetails.ExceptionInfo);
        Register("kvprpc.ContractMismatch", WellKnownDetails.ContractMismatch);
    }

    internal static void Register<T>(string name, RpcSerializer<T> serializer)
        where T : class
    {
        Codec codec = new Codec<T>(name, serializer);
        if (ByName.TryAdd(name, codec))
            ByType.TryAdd(typeof(T), codec);
    }

    /// <summary>Gets the bytes of those details that can cross and fit, in order.</summary>
    /// <param name="details">The details.</param>
    /// <param name="maxBytes">The most bytes.</param>
    /// <param name="left">How many were left out.</param>
    internal static ReadOnlyMemory<byte> Encode(IReadOnlyList<object> details, int maxBytes, out int left)
    {
        left = 0;
        if (details.Count == 0)
            return default;
        PooledBuffer values = new();
        int count = 0;
        foreach (object detail in details)
        {
            if (count < MaxDetails && TryWrite(values, detail, maxBytes - HeaderBytes))
                count++;
            else
                left++;
        }

        PooledBuffer all = new();
        MessagePackWriter writer = new(all);
        writer.WriteArrayHeader(count);
        writer.WriteRaw(values.WrittenMemory.Span);
        writer.Flush();
        byte[] bytes = count == 0 ? [] : all.WrittenMemory.ToArray();
        values.Release();
        all.Release();
        return bytes;
    }

    /// <summary>Gets the details whose types are registered here; none if the bytes break a rule.</summary>
    internal static IReadOnlyList<object> Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return [];
        try
        {
            MessagePackReader reader = new(bytes.ToArray());
            int count = reader.ReadArrayHeader();
            List<object> details = [];
            for (int i = 0; i < count && i < MaxDetails; i++)
            {
                RpcReading.EnterArray(ref reader, 2);
                if (ByName.TryGetValue(reader.ReadString() ?? string.Empty, out Codec? codec))
                    details.Add(codec.Read(ref reader));
                else
                    reader.Skip();
                reader.Depth--;
            }

            return details;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Bytes of the peer: the error itself is worth more than what it says of it.
            return [];
        }
    }

    private static bool TryWrite(PooledBuffer buffer, object detail, int maxBytes)
    {
        if (!ByType.TryGetValue(detail.GetType(), out Codec? codec))
            return false;
        int before = buffer.Length;
        buffer.MaxBytes = maxBytes;
        try
        {
            MessagePackWriter writer = new(buffer);
            writer.WriteArrayHeader(2);
            writer.Write(codec.Name);
            codec.Write(ref writer, detail);
            writer.Flush();
            return true;
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            buffer.Truncate(before);
            return false;
        }
    }

    private abstract class Codec(string name)
    {
        internal string Name => name;

        internal abstract void Write(ref MessagePackWriter writer, object detail);

        internal abstract object Read(ref MessagePackReader reader);
    }

    private sealed class Codec<T>(string name, RpcSerializer<T> serializer) : Codec(name)
        where T : class
    {
        internal override void Write(ref MessagePackWriter writer, object detail)
        {
            T value = (T)detail;
            serializer.Write(ref writer, in value);
        }

        internal override object Read(ref MessagePackReader reader) => serializer.Read(ref reader);
    }
}
