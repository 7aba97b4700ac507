using System.Buffers;
using System.Text;
using CsCheck;
using KvpRpc.Calls;
using KvpRpc.Generated;
using KvpRpc.Links;
using MessagePack;

namespace KvpRpc.Tests.Calls;

public sealed class CallFormatTests
{
    public static TheoryData<string> Messages => [.. CallVector.LoadFile().Messages.Select(vector => vector.Name)];

    public static TheoryData<string> Refused => [.. CallVector.LoadFile().Refused.Select(vector => vector.Name)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_vector_is_read_as_it_says(string name)
    {
        CallVector vector = CallVector.Find(name);
        byte[] bytes = vector.Message;
        Assert.True(CallMessage.TryRead(bytes, out CallMessage message));
        Assert.Equal(vector.Kind, message.Kind.ToString(), ignoreCase: true);
        Assert.Equal(vector.Compressed, message.IsCompressed);
        Assert.Equal(vector.Payload, Hex(ToPlain(bytes).AsSpan(message.PayloadStart)));
        if (message.Kind == CallMessageKind.Call)
        {
            Assert.True(CallHeader.TryRead(message.Fields, out CallHeader call));
            Assert.Equal(vector.DeadlineMilliseconds, call.DeadlineMilliseconds);
            Assert.Equal(vector.PreviousAttempts, call.PreviousAttempts);
            Assert.Equal(vector.IdempotencyId, Hex(call.IdempotencyId));
            Assert.Equal(vector.TraceParent, Hex(call.TraceParent));
            Assert.Equal(vector.TraceState, Encoding.ASCII.GetString(call.TraceState));
            Assert.Equal(vector.Metadata, ReadMetadata(call.Metadata));
            Assert.Equal(vector.Listening, call.Listening);
            Assert.Equal(vector.FirstLink, call.FirstAttempt?.Link);
            Assert.Equal(vector.FirstStream, call.FirstAttempt?.Number ?? 0);
            Assert.Equal(vector.Compression, call.Compression);
            return;
        }

        Assert.True(ResponseHeader.TryRead(message.Fields, out ResponseHeader response));
        Assert.Equal(vector.Metadata, ReadMetadata(response.Metadata));
        Assert.Equal(vector.Status, response.Status);
        Assert.Equal(vector.StatusMessage, Encoding.UTF8.GetString(response.StatusMessage));
        Assert.Equal(vector.StatusDetails, Hex(response.StatusDetails));
        Assert.Equal(vector.NotRun, response.IsNotRun);
        Assert.Equal(vector.RetryAfterMilliseconds, response.RetryAfterMilliseconds);
        Assert.Equal(vector.Argument, response.Argument);
        Assert.Equal(vector.Credit, response.Credit);
        Assert.Equal(vector.Compression, response.Compression);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void What_a_vector_says_is_written_as_its_bytes(string name)
    {
        CallVector vector = CallVector.Find(name);
        if (vector.ReadOnly)
            return;
        PooledBuffer buffer = new();
        byte[] metadata = [.. vector.Metadata.SelectMany(
            entry => MetadataReader.Encode(Encoding.ASCII.GetBytes(entry[0]), Convert.FromHexString(entry[1])))];
        if (vector.Kind == "call")
        {
            new CallHeader
            {
                DeadlineMilliseconds = vector.DeadlineMilliseconds,
                PreviousAttempts = vector.PreviousAttempts,
                IdempotencyId = Convert.FromHexString(vector.IdempotencyId),
                TraceParent = Convert.FromHexString(vector.TraceParent),
                TraceState = Encoding.ASCII.GetBytes(vector.TraceState),
                Metadata = metadata,
                Listening = vector.Listening,
                FirstAttempt = vector.FirstLink is { } link ? new(link, vector.FirstStream) : null,
                Compression = vector.Compression,
            }.Write(buffer);
        }
        else
        {
            new ResponseHeader
            {
                Metadata = metadata,
                Status = vector.Status,
                StatusMessage = Encoding.UTF8.GetBytes(vector.StatusMessage),
                StatusDetails = Convert.FromHexString(vector.StatusDetails),
                IsNotRun = vector.NotRun,
                RetryAfterMilliseconds = vector.RetryAfterMilliseconds,
                Argument = vector.Argument,
                Credit = vector.Credit,
                Compression = vector.Compression,
            }.Write(buffer, Enum.Parse<CallMessageKind>(vector.Kind, ignoreCase: true));
        }

        byte[] payload = Convert.FromHexString(vector.Payload);
        payload.CopyTo(buffer.GetSpan(payload.Length));
        buffer.Advance(payload.Length);
        if (!vector.Compressed)
        {
            Assert.Equal(vector.Bytes, Hex(buffer.WrittenMemory.Span));
            return;
        }

        byte[] plain = buffer.WrittenMemory.ToArray();
        MessageCompression.TryCompress(buffer);
        Assert.StartsWith(Hex(buffer.WrittenMemory.Span)[..2], vector.Bytes, StringComparison.Ordinal);
        Assert.True(buffer.Length < plain.Length / 2);
        Assert.Equal(plain, ToPlain(buffer.WrittenMemory.ToArray()));
        Assert.Equal(plain, ToPlain(vector.Message));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_vector_cut_before_its_payload_is_refused(string name)
    {
        CallVector vector = CallVector.Find(name);
        byte[] bytes = vector.Message;
        int headerBytes = ToPlain(bytes).Length - (vector.Payload.Length / 2);
        for (int length = 0; length < headerBytes; length++)
            Assert.False(CallMessage.TryRead(bytes.AsSpan(0, length), out _));
        Assert.True(CallMessage.TryRead(bytes.AsSpan(0, headerBytes), out CallMessage message));
        Assert.Equal(headerBytes, message.PayloadStart);
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_payload_cut_at_any_length_has_fewer_whole_values_or_breaks_the_call(string name)
    {
        RpcSerializer<int> any = new(
            static (ref MessagePackWriter _, in int _) => { },
            static (ref MessagePackReader reader) =>
            {
                reader.Skip();
                return 0;
            });
        CallVector vector = CallVector.Find(name);
        byte[] payload = Convert.FromHexString(vector.Payload);
        // Items may share a message: cut between them, it has fewer.
        bool mayBeMany = vector.Kind is "item" or "trailers";
        for (int start = 0; start < payload.Length;)
        {
            int end = start + 1;
            while (!Payload.TryRead(payload.AsMemory(start..end), any, out _, out _))
                end++;
            Assert.True(mayBeMany || end == payload.Length);
            start = end;
        }

        Assert.False(Payload.TryRead((byte[])[.. payload, 0xC0, 0xC0], any, out _, out _));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_compressed_payload_cut_at_any_length_is_none(string name)
    {
        byte[] bytes = CallVector.Find(name).Message;
        Assert.True(CallMessage.TryRead(bytes, out CallMessage message));
        if (!message.IsCompressed)
            return;
        Assert.Equal(OperationStatus.Done, Expand(bytes, message.PayloadStart));
        for (int length = message.PayloadStart; length < bytes.Length; length++)
            Assert.Equal(OperationStatus.InvalidData, Expand(bytes.AsMemory(0, length), message.PayloadStart));
    }

    [Fact]
    public void A_vector_whose_compressed_payload_is_none_is_found_out()
    {
        foreach (CallVector vector in CallVector.LoadBroken())
        {
            byte[] bytes = vector.Message;
            Assert.True(CallMessage.TryRead(bytes, out CallMessage message));
            Assert.True(message.IsCompressed);
            Assert.Equal(OperationStatus.InvalidData, Expand(bytes, message.PayloadStart));
        }
    }

    [Fact]
    public void No_bytes_make_the_expansion_throw_or_pass_its_limit()
    {
        byte[][] messages =
            [.. CallVector.LoadFile().Messages.Where(vector => vector.Compressed).Select(vector => vector.Message)];
        Gen.Select(Gen.Int[0, messages.Length - 1], Gen.Int[1, 100], Gen.Byte, Gen.Int[1, 400]).Sample(
            (index, at, value, max) =>
            {
                byte[] changed = [.. messages[index]];
                changed[1 + (at % (changed.Length - 1))] = value;
                if (!CallMessage.TryRead(changed, out CallMessage message))
                    return;
                KvpLinkMessage compressed = new(changed, HasContent: true, IsEndOfStream: false, Owner: null);
                if (MessageCompression.TryExpand(compressed, message.PayloadStart, max, out KvpLinkMessage expanded)
                    == OperationStatus.Done)
                {
                    Assert.InRange(expanded.Data.Length, message.PayloadStart + 1, max);
                    expanded.Dispose();
                }
            },
            iter: 20_000);
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_vector_that_breaks_a_rule_is_refused(string name)
    {
        CallVector vector = CallVector.Find(name);
        Assert.False(TryReadAll(vector.Message));
    }

    [Fact]
    public void Fields_and_texts_over_their_limits_are_refused()
    {
        Assert.True(TryReadAll(Trailers(new byte[4096])));
        Assert.False(TryReadAll(Trailers(new byte[4097])));
        Assert.True(TryReadAll(Metadata(16_384)));
        Assert.False(TryReadAll(Metadata(16_385)));

        static byte[] Trailers(byte[] text)
        {
            PooledBuffer buffer = new();
            new ResponseHeader { Status = 2, StatusMessage = text }.Write(buffer, CallMessageKind.Trailers);
            return buffer.WrittenMemory.ToArray();
        }

        static byte[] Metadata(int fieldBytes)
        {
            PooledBuffer buffer = new();
            byte[] entry = MetadataReader.Encode("k"u8, new byte[fieldBytes - 5]);
            Assert.Equal(fieldBytes, entry.Length);
            new CallHeader { Metadata = entry }.Write(buffer);
            return buffer.WrittenMemory.ToArray();
        }
    }

    [Fact]
    public void No_bytes_make_a_reader_throw() =>
        Gen.Byte.Array[0, 40].Sample(bytes => { TryReadAll(bytes); }, iter: 100_000);

    [Fact]
    public void Almost_right_bytes_make_no_reader_throw_either()
    {
        byte[][] messages = [.. CallVector.LoadFile().Messages.Select(vector => vector.Message)];
        Gen.Select(Gen.Int[0, messages.Length - 1], Gen.Int[0, 1000], Gen.Byte, Gen.Int[0, 1000]).Sample(
            (index, at, value, length) =>
            {
                byte[] changed = messages[index][..(length % (messages[index].Length + 1))];
                if (changed.Length > 0)
                    changed[at % changed.Length] = value;
                TryReadAll(changed);
            },
            iter: 100_000);
    }

    [Fact]
    public void What_is_read_is_written_as_the_same_bytes() =>
        Gen.Byte[0, 30].Array[0, 30].Sample(
            fields =>
            {
                byte[] bytes = [0x81, (byte)fields.Length, .. fields];
                if (fields.Length == 0 || !CallHeader.TryRead(fields, out CallHeader header) || HasUnknown(fields))
                    return;
                PooledBuffer buffer = new();
                header.Write(buffer);
                Assert.Equal(bytes, buffer.WrittenMemory.ToArray());
            },
            iter: 200_000);

    [Fact]
    public void A_number_has_one_encoding() =>
        Gen.ULong[0, Varint.Max].Sample(value =>
        {
            byte[] bytes = new byte[Varint.MaxBytes];
            int length = Varint.Write(bytes, value);
            Assert.Equal(Varint.GetLength(value), length);
            ReadOnlySpan<byte> rest = bytes.AsSpan(0, length);
            Assert.True(Varint.TryRead(ref rest, out ulong read));
            Assert.True(rest.IsEmpty);
            Assert.Equal(value, read);
            if (length == Varint.MaxBytes)
                return;
            ReadOnlySpan<byte> longer = [.. bytes.AsSpan(0, length - 1), (byte)(bytes[length - 1] | 0x80), 0];
            Assert.False(Varint.TryRead(ref longer, out _));
        });

    private static bool HasUnknown(byte[] fields)
    {
        for (FieldReader reader = new(fields); reader.MoveNext();)
        {
            if (reader.Field > CallField.Metadata)
                return true;
        }

        return false;
    }

    private static bool TryReadAll(ReadOnlySpan<byte> bytes)
    {
        if (!CallMessage.TryRead(bytes, out CallMessage message))
            return false;
        bool isCall = message.Kind == CallMessageKind.Call;
        bool isRead = isCall
            ? CallHeader.TryRead(message.Fields, out CallHeader call)
            : ResponseHeader.TryRead(message.Fields, out _);
        CallHeader.TryRead(message.Fields, out call);
        ReadMetadata(call.Metadata);
        return isRead;
    }

    private static string[][] ReadMetadata(ReadOnlySpan<byte> metadata)
    {
        List<string[]> entries = [];
        for (MetadataReader reader = new(metadata); reader.MoveNext();)
            entries.Add([Encoding.ASCII.GetString(reader.Key), Hex(reader.Value)]);
        return [.. entries];
    }

    private static byte[] ToPlain(byte[] message) => MessageCompression.ToPlain(message).ToArray();

    private static OperationStatus Expand(ReadOnlyMemory<byte> bytes, int payloadStart)
    {
        KvpLinkMessage message = new(bytes, HasContent: true, IsEndOfStream: false, Owner: null);
        OperationStatus status =
            MessageCompression.TryExpand(message, payloadStart, 1 << 20, out KvpLinkMessage expanded);
        expanded.Dispose();
        return status;
    }

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
