using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace KvpRpc.Generated;

/// <summary>Comparers for dictionaries and sets whose keys a peer chose: their hash depends on a secret of the process,
/// so that keys cannot be chosen to collide. For generated code.</summary>
/// <remarks>MessagePackSecurity.UntrustedData offers the same, but one of its comparers reflects: native code with it
/// publishes with the warnings IL2060 and IL3050.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class RpcComparers
{
    /// <summary>Gets the comparer of strings: the platform hashes them with a secret.</summary>
    public static IEqualityComparer<string> ForText => StringComparer.Ordinal;

    /// <summary>Gets the comparer of a type whose equal values have equal bytes: integers, enums, Guid and the
    /// like.</summary>
    public static IEqualityComparer<T> ForBytes<T>()
        where T : unmanaged => ByteComparer<T>.Instance;

    /// <summary>Gets the comparer of <see cref="float"/>: all zeros are equal, and all that are no number.</summary>
    public static IEqualityComparer<float> ForSingle { get; } =
        new MappedComparer<float, float>(static value => float.IsNaN(value) ? float.NaN : value + 0f);

    /// <summary>Gets the comparer of <see cref="double"/>: all zeros are equal, and all that are no number.</summary>
    public static IEqualityComparer<double> ForDouble { get; } =
        new MappedComparer<double, double>(static value => double.IsNaN(value) ? double.NaN : value + 0d);

    /// <summary>Gets the comparer of <see cref="System.DateTime"/>, which compares ticks alone.</summary>
    public static IEqualityComparer<DateTime> ForDateTime { get; } =
        new MappedComparer<DateTime, long>(static value => value.Ticks);

    /// <summary>Gets the comparer of <see cref="System.DateTimeOffset"/>, which compares instants.</summary>
    public static IEqualityComparer<DateTimeOffset> ForDateTimeOffset { get; } =
        new MappedComparer<DateTimeOffset, long>(static value => value.UtcTicks);

    // The hash that the platform made for strings chosen by others (Marvin with a secret of the process) serves any
    // bytes. An odd byte count is padded.
    private static int Hash<T>(T value)
        where T : unmanaged
    {
        Span<T> bytes = stackalloc T[2];
        bytes[0] = value;
        bytes[1] = default;
        int chars = (Unsafe.SizeOf<T>() + 1) / sizeof(char);
        return string.GetHashCode(MemoryMarshal.Cast<T, char>(bytes)[..chars]);
    }

    private sealed class ByteComparer<T> : IEqualityComparer<T>
        where T : unmanaged
    {
        internal static readonly ByteComparer<T> Instance = new();

        public bool Equals(T x, T y) => EqualityComparer<T>.Default.Equals(x, y);

        public int GetHashCode([DisallowNull] T obj) => Hash(obj);
    }

    private sealed class MappedComparer<T, TBytes>(Func<T, TBytes> map) : IEqualityComparer<T>
        where T : unmanaged
        where TBytes : unmanaged
    {
        public bool Equals(T x, T y) => EqualityComparer<T>.Default.Equals(x, y);

        public int GetHashCode([DisallowNull] T obj) => Hash(map(obj));
    }
}
