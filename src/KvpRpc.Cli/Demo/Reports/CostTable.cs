using Spectre.Console;

namespace KvpRpc.Cli.Demo.Reports;

/// <summary>The table of what the demo cost on the medium, machine by machine.</summary>
internal static class CostTable
{
    internal static Table Make(IReadOnlyList<MachineReport> machines)
    {
        Cost[] costs =
        [
            .. machines.Select(machine => machine.Cost),
            machines.Aggregate(new Cost(), (sum, machine) => sum + machine.Cost),
        ];
        Table table = new() { Border = TableBorder.Rounded, BorderStyle = new(Color.Grey) };
        table.AddColumn("[bold]What it cost on the medium[/]");
        foreach (MachineReport machine in machines)
            table.AddColumn(new TableColumn(Markup.Escape(machine.Name)).RightAligned());
        table.AddColumn(new TableColumn("[bold]all[/]").RightAligned());

        Add(table, costs, "the host wrote: [grey]writes[/]", cost => Text.Of(cost.HostWrites));
        Add(table, costs, "                [grey]items[/]", cost => Text.Of(cost.HostItems));
        Add(table, costs, "                [grey]bytes[/]", cost => Text.OfBytes(cost.HostBytes));
        Add(table, costs, "the host read:  [grey]polls[/]", cost => Text.Of(cost.HostPolls));
        Add(table, costs, "                [grey]items[/]", cost => Text.Of(cost.HostItemsRead));
        Add(table, costs, "                [grey]bytes[/]", cost => Text.OfBytes(cost.HostBytesRead));
        Add(table, costs, "a guest wrote:  [grey]writes[/]", cost => Text.Of(cost.GuestWrites));
        Add(table, costs, "                [grey]items[/]", cost => Text.Of(cost.GuestItems));
        Add(table, costs, "                [grey]bytes[/]", cost => Text.OfBytes(cost.GuestBytes));
        Add(table, costs, "a guest read:   [grey]reads[/]", cost => Text.Of(cost.GuestReads));
        return table;
    }

    private static void Add(Table table, Cost[] costs, string label, Func<Cost, string> figure) =>
        table.AddRow([label, .. costs.Select(figure)]);
}
