using KvpRpc.Fuzz.Tests.Targets;

namespace KvpRpc.Fuzz.Tests;

/// <summary>One parser with what must hold of it for any bytes.</summary>
/// <param name="Name">The name on the command line and of the folder of its corpus.</param>
/// <param name="AllocatedMax">What one input may allocate at most, beside a share of its own length.</param>
/// <param name="Run">Parses the bytes and checks; gives whether they were accepted, and throws
/// <see cref="FindingException"/> when a promise is broken.</param>
internal sealed record FuzzTarget(string Name, int AllocatedMax, Func<ReadOnlyMemory<byte>, bool> Run)
{
    // What a byte of input may cost: values of one byte become objects of some dozens.
    private const int AllocatedPerByte = 200;

    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        AlphabetTarget.Instance,
        ItemTarget.Instance,
        FrameTarget.Instance,
        HelloTarget.Instance,
        CallTarget.Instance,
        ArgumentsTarget.Instance,
        PoolTarget.Instance,
        DataItemTarget.Instance,
    ];

    internal static FuzzTarget Named(string name) =>
        All.FirstOrDefault(target => target.Name == name)
            ?? throw new ArgumentException(
                $"There is no target '{name}'. Targets: {string.Join(", ", All.Select(target => target.Name))}.");

    /// <summary>Runs the target and counts what it allocates.</summary>
    internal bool Check(ReadOnlyMemory<byte> input)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        bool isAccepted = Run(input);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Finding.Unless(
            allocated <= AllocatedMax + ((long)AllocatedPerByte * input.Length),
            $"{input.Length} bytes made it allocate {allocated}");
        return isAccepted;
    }
}
