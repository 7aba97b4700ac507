using KvpRpc.Transports;
using MessagePack;

namespace KvpRpc.Emulator.Port;

/// <summary>What the client of a guest port writes and reads; see <see cref="PortFrame"/>.</summary>
internal static class PortRequests
{
    internal delegate T Parser<out T>(ref MessagePackReader reader);

    internal static void WriteHello(ref MessagePackWriter writer, string prefix)
    {
        writer.WriteArrayHeader(3);
        writer.Write((int)PortOperation.Hello);
        writer.Write(PortFrame.Version);
        writer.Write(prefix);
    }

    internal static void WriteRead(ref MessagePackWriter writer, (PortOperation Operation, bool FromStart) request)
    {
        writer.WriteArrayHeader(2);
        writer.Write((int)request.Operation);
        writer.Write(request.FromStart);
    }

    internal static void WriteWait(ref MessagePackWriter writer, PortOperation operation)
    {
        writer.WriteArrayHeader(1);
        writer.Write((int)operation);
    }

    internal static void WriteBatch(ref MessagePackWriter writer, IReadOnlyCollection<KvpItemWrite> batch)
    {
        writer.WriteArrayHeader(2);
        writer.Write((int)PortOperation.Write);
        writer.WriteArrayHeader(batch.Count * 2);
        foreach (KvpItemWrite write in batch)
        {
            writer.Write(write.Key);
            if (write.IsDelete) writer.WriteNil();
            else writer.Write(write.Value.Span);
        }
    }

    internal static KvpTransportLimits ReadWelcome(ref MessagePackReader reader) => new()
    {
        MaxKeyUnits = reader.ReadInt32(),
        MaxValueUnits = reader.ReadInt32(),
        MaxValueUtf8Bytes = reader.TryReadNil() ? null : reader.ReadInt32(),
        MaxItemsPerBatch = reader.ReadInt32(),
    };

    /// <summary>Shows the items of a part; returns whether there are more.</summary>
    internal static bool ReadPart(ref MessagePackReader reader, IKvpItemVisitor visitor)
    {
        bool hasMore = reader.ReadBoolean();
        int items = reader.ReadArrayHeader() / 2;
        for (; items > 0; items--)
        {
            string key = reader.ReadString() ?? string.Empty;
            visitor.Visit(key, reader.ReadString());
        }

        return hasMore;
    }

    internal static bool ReadOutcomes(ref MessagePackReader reader, List<KvpItemWrite> batch)
    {
        if (reader.ReadArrayHeader() != batch.Count * 2)
            throw new InvalidDataException("Not the outcomes of the batch.");
        foreach (KvpItemWrite write in batch)
            (write.Outcome, write.Error) = ((KvpWriteOutcome)reader.ReadInt32(), reader.ReadString());
        return true;
    }
}
