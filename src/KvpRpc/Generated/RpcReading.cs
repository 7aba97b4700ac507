using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using MessagePack;

namespace KvpRpc.Generated;

/// <summary>What generated code needs to read bytes that a peer chose: bounds on depth and memory, and one kind of
/// error. For generated code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
[SuppressMessage("Design", "CA1045", Justification = "MessagePackReader is a ref struct that reads by reference.")]
public static class RpcReading
{
    /// <summary>How deep values may lie in one another.</summary>
    public const int DepthMax = 64;

    /// <summary>What a collection may allocate on the word of its header; beyond, it grows with what is read.</summary>
    private const int TrustedBytes = 64 * 1024;

    /// <summary>Reads the header of an array and goes one level deeper; the caller comes back by <c>Depth--</c>.
    /// </summary>
    /// <returns>The number of elements; at least as many bytes follow.</returns>
    /// <exception cref="MessagePackSerializationException">Not an array, or too deep.</exception>
    public static int EnterArray(ref MessagePackReader reader)
    {
        Enter(ref reader);
        return reader.ReadArrayHeader();
    }

    /// <summary>Reads the header of an array that has one length only.</summary>
    /// <inheritdoc cref="EnterArray(ref MessagePackReader)"/>
    public static void EnterArray(ref MessagePackReader reader, int count)
    {
        int actual = EnterArray(ref reader);
        if (actual != count)
            throw new MessagePackSerializationException($"An array of {count} elements was expected, not of {actual}.");
    }

    /// <summary>Reads the header of a map and goes one level deeper; the caller comes back by <c>Depth--</c>.
    /// </summary>
    /// <returns>The number of pairs; at least twice as many bytes follow.</returns>
    /// <exception cref="MessagePackSerializationException">Not a map, or too deep.</exception>
    public static int EnterMap(ref MessagePackReader reader)
    {
        Enter(ref reader);
        return reader.ReadMapHeader();
    }

    /// <summary>Skips values: what a newer peer added, and what has no member here.</summary>
    public static void Skip(ref MessagePackReader reader, int count)
    {
        for (int i = 0; i < count; i++)
            reader.Skip();
    }

    /// <summary>Makes the array to read into: whole if it is small, else its beginning.</summary>
    public static T[] NewArray<T>(int count) => count == 0 ? [] : new T[Capacity<T>(count)];

    /// <summary>Grows an array from <see cref="NewArray"/> that is full, to at most <paramref name="count"/>.</summary>
    public static void Grow<T>([NotNull] ref T[]? items, int count) =>
        Array.Resize(ref items, (int)Math.Min((items?.Length ?? 0) * 2L, count));

    /// <summary>How many of <paramref name="count"/> announced elements to make room for before any was read.</summary>
    public static int Capacity<T>(int count) => Math.Min(count, Math.Max(16, TrustedBytes / Unsafe.SizeOf<T>()));

    /// <summary>Whether an exception came from elsewhere (a constructor, a parser, arithmetic) while bytes were
    /// read, and has to be reported as <see cref="Malformed"/>.</summary>
    public static bool IsForeign(Exception exception) => exception is not (MessagePackSerializationException
        or EndOfStreamException or OperationCanceledException or OutOfMemoryException);

    /// <summary>Makes the error for bytes that no value of the type has.</summary>
    public static MessagePackSerializationException Malformed(Exception inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return new($"The bytes are not a value of the expected type: {inner.Message}", inner);
    }

    /// <summary>Makes the error for an argument that the peer did not send and that has no default value.</summary>
    public static MessagePackSerializationException Missing(string parameter) =>
        new($"The argument '{parameter}' is missing and has no default value.");

    /// <summary>Makes the error for a nil where a value must be.</summary>
    public static MessagePackSerializationException UnexpectedNil(string type) =>
        new($"Nil cannot be read as {type}.");

    /// <summary>Makes the error for a value whose type the union does not name: it could not be read back.</summary>
    public static MessagePackSerializationException NotInUnion(object value, string union)
    {
        ArgumentNullException.ThrowIfNull(value);
        return new($"The union {union} does not name the type {value.GetType()}.");
    }

    internal static void Enter(ref MessagePackReader reader)
    {
        if (reader.Depth >= DepthMax)
            throw new MessagePackSerializationException($"The value is more than {DepthMax} levels deep.");
        reader.Depth++;
    }
}
