using KvpRpc.Generated;
using MessagePack;

namespace KvpRpc.Calls;

/// <summary>How the well-known details of errors cross: arrays of their members.</summary>
internal static class WellKnownDetails
{
    internal const int MaxEntries = 64;
    internal const int MaxInnerExceptions = 4;

    internal static RpcSerializer<RpcErrorInfo> ErrorInfo { get; } = new(
        static (ref MessagePackWriter writer, in RpcErrorInfo info) =>
        {
            writer.WriteArrayHeader(3);
            writer.Write(info.Reason);
            writer.Write(info.Domain);
            writer.WriteMapHeader(info.Parameters.Count);
            foreach ((string name, string value) in info.Parameters)
            {
                writer.Write(name);
                writer.Write(value);
            }
        },
        static (ref MessagePackReader reader) =>
        {
            RpcReading.EnterArray(ref reader, 3);
            string reason = ReadText(ref reader);
            string domain = ReadText(ref reader);
            int count = CheckCount(RpcReading.EnterMap(ref reader));
            Dictionary<string, string> parameters = new(StringComparer.Ordinal);
            for (int i = 0; i < count; i++)
                parameters[ReadText(ref reader)] = ReadText(ref reader);
            reader.Depth -= 2;
            return new(reason, domain, parameters);
        });

    internal static RpcSerializer<RpcInvalidArguments> InvalidArguments { get; } = new(
        static (ref MessagePackWriter writer, in RpcInvalidArguments details) =>
        {
            writer.WriteArrayHeader(details.Arguments.Count);
            foreach (RpcInvalidArgument argument in details.Arguments)
            {
                writer.WriteArrayHeader(2);
                writer.Write(argument.Path);
                writer.Write(argument.Description);
            }
        },
        static (ref MessagePackReader reader) =>
        {
            int count = CheckCount(RpcReading.EnterArray(ref reader));
            RpcInvalidArgument[] arguments = new RpcInvalidArgument[count];
            for (int i = 0; i < count; i++)
            {
                RpcReading.EnterArray(ref reader, 2);
                arguments[i] = new(ReadText(ref reader), ReadText(ref reader));
                reader.Depth--;
            }

            reader.Depth--;
            return new(arguments);
        });

    internal static RpcSerializer<RpcExceptionInfo> ExceptionInfo { get; } = new(WriteException, ReadException);

    internal static RpcSerializer<RpcContractMismatch> ContractMismatch { get; } = new(
        static (ref MessagePackWriter writer, in RpcContractMismatch mismatch) =>
        {
            writer.WriteArrayHeader(3);
            writer.Write(mismatch.Method);
            writer.Write(mismatch.CalleeSignature);
            writer.Write(mismatch.CallerSignature);
        },
        static (ref MessagePackReader reader) =>
        {
            RpcReading.EnterArray(ref reader, 3);
            RpcContractMismatch mismatch = new(ReadText(ref reader), ReadText(ref reader), reader.ReadString());
            reader.Depth--;
            return mismatch;
        });

    /// <summary>Gets what may be told of an exception where that is switched on.</summary>
    internal static RpcExceptionInfo Describe(Exception exception, int inner = 0) => new(
        exception.GetType().FullName ?? exception.GetType().Name,
        Cut(exception.Message, 500),
        exception.StackTrace is { } trace ? Cut(trace, 1500) : null,
        exception.InnerException is { } cause && inner < MaxInnerExceptions ? Describe(cause, inner + 1) : null);

    private static void WriteException(ref MessagePackWriter writer, in RpcExceptionInfo info)
    {
        writer.WriteArrayHeader(4);
        writer.Write(info.Type);
        writer.Write(info.Message);
        writer.Write(info.StackTrace);
        if (info.Inner is { } inner)
            WriteException(ref writer, in inner);
        else
            writer.WriteNil();
    }

    private static RpcExceptionInfo ReadException(ref MessagePackReader reader)
    {
        RpcReading.EnterArray(ref reader, 4);
        string type = ReadText(ref reader);
        string message = ReadText(ref reader);
        string? trace = reader.ReadString();
        RpcExceptionInfo? inner = reader.TryReadNil() ? null : ReadException(ref reader);
        reader.Depth--;
        return new(type, message, trace, inner);
    }

    private static string ReadText(ref MessagePackReader reader) =>
        reader.ReadString() ?? throw RpcReading.UnexpectedNil("a text");

    private static int CheckCount(int count) =>
        count <= MaxEntries ? count : throw new MessagePackSerializationException("A detail has too many entries.");

    private static string Cut(string text, int max) => text.Length <= max ? text : text[..max] + "…";
}
