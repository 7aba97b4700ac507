using KvpRpc.Transports.Host;

namespace KvpRpc.Emulator.Tests.Host;

/// <summary>The return codes of the three methods, and what is left after them.</summary>
public sealed class HostServiceTests : EmulatorTestBase
{
    private const string Ok = "0";
    private const string Invalid = "32773";

    [Theory]
    [InlineData(9200, "Add", "new", Ok)]
    [InlineData(20348, "Add", "new", Ok)]
    [InlineData(9200, "Add", "old", Invalid)]
    [InlineData(26100, "Add", "old", Invalid)]
    [InlineData(20348, "Add", "OLD", Ok)]
    [InlineData(20348, "Modify", "old", Ok)]
    [InlineData(20348, "Modify", "OLD", Invalid)]
    [InlineData(9200, "Modify", "new", Invalid)]
    [InlineData(20348, "Modify", "new", Invalid)]
    [InlineData(26100, "Modify", "new", "32779")]
    [InlineData(9200, "Remove", "old", Ok)]
    [InlineData(20348, "Remove", "old", Ok)]
    [InlineData(9200, "Remove", "new", Invalid)]
    [InlineData(9600, "Remove", "new", Ok)]
    [InlineData(14393, "Remove", "OLD", Ok)]
    public async Task Each_method_returns_what_the_build_returns(int build, string method, string name, string code)
    {
        EmulatedVirtualMachine machine = AddMachine(new() { Build = build });
        Assert.Equal(0u, await CallAsync(machine, HostMethod.Add, "old", "1"));

        Assert.Equal(code, $"{await CallAsync(machine, Enum.Parse<HostMethod>(method), name, "2")}");

        Assert.Equal((method, name, code) switch
        {
            (_, _, not Ok) => "old=1",
            ("Add", _, _) => $"old=1 {name}=2",
            ("Modify", _, _) => "old=2",
            (_, "old", _) => "",
            _ => "old=1",
        }, await ReadOwnAsync(machine.OpenHostTransport("")));
    }

    public static TheoryData<string, string, string> Items => new()
    {
        { new string('k', 254), "data", Ok },
        { new string('k', 255), "data", Invalid },
        { "", "data", Invalid },
        { "name", new string('d', 1023), Ok },
        { "name", new string('d', 1024), Invalid },
        { "name", "", Ok },
        { "name", "\u0001", Invalid },
        { "name", "\uFFFE", Invalid },
        { "na\u0000me", "data", Invalid },
        { "name", "tab\tand\nline", Ok },
    };

    [Theory]
    [MemberData(nameof(Items))]
    public async Task An_item_beyond_the_limits_is_refused(string name, string data, string code)
    {
        EmulatedVirtualMachine machine = AddMachine();

        Assert.Equal(code, $"{await CallAsync(machine, HostMethod.Add, name, data)}");
    }

    [Fact]
    public async Task A_lone_surrogate_is_refused()
    {
        EmulatedVirtualMachine machine = AddMachine();

        Assert.Equal(Invalid, $"{await CallAsync(machine, HostMethod.Add, "name", "a\uD83D")}");
    }

    [Fact]
    public async Task A_carriage_return_comes_out_as_a_line_feed()
    {
        EmulatedVirtualMachine machine = AddMachine();

        await CallAsync(machine, HostMethod.Add, "name", "a\r\nb\rc");

        Assert.Equal("name=a\nb\nc", await ReadOwnAsync(machine.OpenHostTransport("")));
    }

    [Theory]
    [InlineData(0, Invalid)]
    [InlineData(128, Ok)]
    [InlineData(129, Invalid)]
    public async Task One_call_names_at_most_128_items(int count, string code)
    {
        EmulatedVirtualMachine machine = AddMachine();

        Assert.Equal(code, $"{await CallAsync(
            machine, HostMethod.Add, [.. Enumerable.Range(0, count).Select(n => ($"{n}", "data"))])}");
    }

    [Fact]
    public async Task A_full_table_takes_no_further_item()
    {
        EmulatedVirtualMachine machine = AddMachine(new() { MaxHostItems = 2 });

        Assert.Equal(0u, await CallAsync(machine, HostMethod.Add, ("a", "1"), ("b", "1")));
        Assert.Equal(32778u, await CallAsync(machine, HostMethod.Add, "c", "1"));
        Assert.Equal(0u, await CallAsync(machine, HostMethod.Modify, "a", "2"));
        Assert.Equal("a=2 b=1", await ReadOwnAsync(machine.OpenHostTransport("")));
    }

    [Theory]
    [InlineData(EmulatedBatchFailure.NothingLands, "old=1")]
    [InlineData(EmulatedBatchFailure.EarlierItemsLand, "old=1 a=1")]
    [InlineData(EmulatedBatchFailure.OtherItemsLand, "old=1 a=1 b=1")]
    public async Task A_batch_with_a_bad_item_leaves_what_the_options_say(EmulatedBatchFailure failure, string left)
    {
        EmulatedVirtualMachine machine = AddMachine(new() { BatchFailure = failure });
        await CallAsync(machine, HostMethod.Add, "old", "1");

        Assert.Equal(32773u, await CallAsync(machine, HostMethod.Add, ("a", "1"), ("old", "2"), ("b", "1")));

        Assert.Equal(left, await ReadOwnAsync(machine.OpenHostTransport("")));
    }

    [Fact]
    public async Task A_failed_batch_that_names_a_key_twice_is_undone_to_the_first_value()
    {
        EmulatedVirtualMachine machine = AddMachine();
        await CallAsync(machine, HostMethod.Add, "old", "1");

        Assert.Equal(
            32773u, await CallAsync(machine, HostMethod.Modify, ("old", "2"), ("old", "3"), ("missing", "1")));

        Assert.Equal("old=1", await ReadOwnAsync(machine.OpenHostTransport("")));
    }

    [Theory]
    [InlineData(EmulatedRemove.Fails, 32768)]
    [InlineData(EmulatedRemove.DoesNothing, 0)]
    public async Task A_broken_remove_removes_nothing(EmulatedRemove remove, uint code)
    {
        EmulatedVirtualMachine machine = AddMachine(new() { Remove = remove });
        await CallAsync(machine, HostMethod.Add, "old", "1");

        Assert.Equal(code, await CallAsync(machine, HostMethod.Remove, "old", ""));

        Assert.Equal("old=1", await ReadOwnAsync(machine.OpenHostTransport("")));
    }
}
