using KvpRpc.Protocol.Links;
using KvpRpc.Protocol.Streams;

namespace KvpRpc.Protocol.Tests.Simulation;

/// <summary>Checks what must be bounded after every step: the window, the texts, the memory for messages.</summary>
internal static class BoundsChecker
{
    internal static void Check(LinkEngine engine, LinkOptions options)
    {
        if (engine.Streams is not { } streams)
            return;
        ReceiveBudget budget = streams.Budget;
        if (budget.Free < 0 || budget.Free > options.ReceiveBudget)
            throw new SimulationException(
                $"The receive budget has {budget.Free} of {options.ReceiveBudget} bytes free.");
        if (budget.WaitingCount > 2 * options.MaxStreams)
            throw new SimulationException($"{budget.WaitingCount} streams wait for memory.");
    }

    internal static void Check(PendingWrite write, LinkOptions options)
    {
        if (write.Text is null)
            return;
        if (write.Index >= options.MaxSlots)
            throw new SimulationException($"Item {write.Index} is beyond the window of {options.MaxSlots}.");
        if (write.Text.Length is 0 || write.Text.Length > options.MaxValueUnits)
            throw new SimulationException($"A text of {write.Text.Length} units was to be written.");
    }
}
