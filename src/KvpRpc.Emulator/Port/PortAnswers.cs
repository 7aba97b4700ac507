using KvpRpc.Emulator.Guests;
using KvpRpc.Transports;
using MessagePack;

namespace KvpRpc.Emulator.Port;

/// <summary>What the server of a guest port reads and writes; see <see cref="PortFrame"/>.</summary>
internal static class PortAnswers
{
    internal static string ReadHello(byte[] frame)
    {
        MessagePackReader reader = new(frame);
        if (reader.ReadArrayHeader() != 3 || reader.ReadInt32() != (int)PortOperation.Hello
            || reader.ReadInt32() != PortFrame.Version)
        {
            throw new InvalidDataException("The connection does not begin as it must.");
        }

        return reader.ReadString() ?? string.Empty;
    }

    internal static KvpItemWrite[] ReadBatch(ref MessagePackReader reader, int maxItems)
    {
        int fields = reader.ReadArrayHeader();
        if (fields % 2 != 0 || fields / 2 > maxItems) throw new InvalidDataException("Not a batch.");
        KvpItemWrite[] batch = new KvpItemWrite[fields / 2];
        for (int index = 0; index < batch.Length; index++)
        {
            string? key = reader.ReadString();
            if (string.IsNullOrEmpty(key)) throw new InvalidDataException("An item without a key.");
            string? value = reader.ReadString();
            batch[index] = new KvpItemWrite(key) { Value = value.AsMemory(), IsDelete = value is null };
        }

        return batch;
    }

    internal static void WriteWelcome(ref MessagePackWriter writer, KvpTransportLimits limits)
    {
        writer.WriteArrayHeader(6);
        writer.Write((int)PortOperation.Hello);
        writer.Write(PortFrame.StatusOk);
        writer.Write(limits.MaxKeyUnits);
        writer.Write(limits.MaxValueUnits);
        if (limits.MaxValueUtf8Bytes is { } bytes) writer.Write(bytes);
        else writer.WriteNil();
        writer.Write(limits.MaxItemsPerBatch);
    }

    internal static void WritePart(ref MessagePackWriter writer, (PortOperation Operation, TablePart Table) answer)
    {
        ReadOnlySpan<KvpRecord> part = answer.Table.TakePart(out bool hasMore);
        writer.WriteArrayHeader(4);
        writer.Write((int)answer.Operation);
        writer.Write(PortFrame.StatusOk);
        writer.Write(hasMore);
        writer.WriteArrayHeader(part.Length * 2);
        foreach (KvpRecord record in part)
        {
            writer.Write(record.Key);
            writer.Write(record.Value);
        }
    }

    internal static void WriteOutcomes(ref MessagePackWriter writer, KvpItemWrite[] batch)
    {
        writer.WriteArrayHeader(3);
        writer.Write((int)PortOperation.Write);
        writer.Write(PortFrame.StatusOk);
        writer.WriteArrayHeader(batch.Length * 2);
        foreach (KvpItemWrite write in batch)
        {
            writer.Write((int)write.Outcome);
            writer.Write(write.Error);
        }
    }

    internal static void WriteDone(ref MessagePackWriter writer, PortOperation operation)
    {
        writer.WriteArrayHeader(2);
        writer.Write((int)operation);
        writer.Write(PortFrame.StatusOk);
    }

    internal static void WriteError(
        ref MessagePackWriter writer, (PortOperation Operation, KvpTransportException Error) answer)
    {
        writer.WriteArrayHeader(4);
        writer.Write((int)answer.Operation);
        writer.Write(PortFrame.StatusError);
        writer.Write((int)answer.Error.Error);
        writer.Write(answer.Error.Message);
    }
}
