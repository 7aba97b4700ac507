using Spectre.Console;

namespace KvpRpc.Cli.Demo.Reports;

/// <summary>The table of what the demo cost on the medium, machine by machine.</summary>
internal static class CostTable
{
    internal static Table Make(IReadOnlyList<MachineReport> machines)
    {
        Table table = new() { Border = TableBorder.Rounded, BorderStyle = new(Color.Grey) };
        table.Title = new("[bold]What it cost on the medium[/]");
        table.AddColumn("");
        foreach (string heading in (ReadOnlySpan<string>)
            ["host\nwrites", "\nitems", "\nbytes", "host\npolls", "items\nread", "bytes\nread",
            "guest\nwrites", "\nitems", "\nbytes", "guest\nreads"])
        {
            table.AddColumn(new TableColumn($"[grey]{heading}[/]").RightAligned());
        }

        foreach (MachineReport machine in machines)
            AddRow(table, machine.Name, machine.Cost);
        if (machines.Count > 1)
        {
            table.AddEmptyRow();
            AddRow(table, "[bold]both[/]", machines.Aggregate(new Cost(), (sum, machine) => sum + machine.Cost));
        }

        return table;
    }

    private static void AddRow(Table table, string name, Cost cost) => table.AddRow(
        name, Text.Of(cost.HostWrites), Text.Of(cost.HostItems), Text.OfBytes(cost.HostBytes), Text.Of(cost.HostPolls),
        Text.Of(cost.HostItemsRead), Text.OfBytes(cost.HostBytesRead), Text.Of(cost.GuestWrites),
        Text.Of(cost.GuestItems),
        Text.OfBytes(cost.GuestBytes), Text.Of(cost.GuestReads));
}
