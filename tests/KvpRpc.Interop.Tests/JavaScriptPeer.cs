using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using KvpRpc.Transports;

namespace KvpRpc.Interop.Tests;

/// <summary>The JavaScript peer in a process of its own; <c>tests/js/README.md</c> tells the lines it is driven
/// by.</summary>
internal sealed class JavaScriptPeer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private TableBridge? _bridge;
    private readonly Channel<JsonNode> _events = Channel.CreateUnbounded<JsonNode>();
    private readonly List<JsonNode> _unasked = [];
    private readonly StringBuilder _told = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly Task _reading;
    private int _calls;

    private JavaScriptPeer(Process process, TableBridge? bridge)
    {
        _process = process;
        _bridge = bridge;
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginErrorReadLine();
        _reading = ReadAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts a guest on the pool files in the folder.</summary>
    internal static JavaScriptPeer StartGuest(string folder, string channel, string? preSharedKey = null) =>
        Start("guest", folder, channel, preSharedKey, bridge: null);

    /// <summary>Starts a host; its side of the VM's tables is the transport, which it then owns.</summary>
    internal static JavaScriptPeer StartHost(
        Guid virtualMachine, IKvpTransport transport, string channel, string? preSharedKey = null) =>
        Start("host", virtualMachine.ToString("D"), channel, preSharedKey, new TableBridge(transport));

    /// <summary>Waits for the next event of this name that was not asked for yet.</summary>
    internal Task<JsonNode> WaitAsync(string name) => WaitAsync(line => (string?)line["event"] == name, name);

    /// <summary>Has the peer make a call; the events of the call carry the number.</summary>
    internal async Task<int> BeginCallAsync(
        string name,
        JsonArray arguments,
        string answer = "one",
        JsonArray? items = null,
        int? deadline = null,
        bool compress = false)
    {
        int call = ++_calls;
        await SendAsync(new JsonObject
        {
            ["do"] = "call",
            ["call"] = call,
            ["name"] = name,
            ["args"] = arguments,
            ["answer"] = answer,
            ["items"] = items,
            ["deadlineMilliseconds"] = deadline,
            ["compress"] = compress,
        });
        return call;
    }

    internal Task CancelAsync(int call) => SendAsync(new JsonObject { ["do"] = "cancel", ["call"] = call });

    internal Task CloseAsync() => SendAsync(new JsonObject { ["do"] = "close" });

    /// <summary>Waits for how a call ended, past the items that came.</summary>
    internal Task<JsonNode> EndOfAsync(int call) => WaitAsync(
        line => (int?)line["call"] == call && (string?)line["event"] is "result" or "failed",
        $"the end of call {call}");

    internal async Task<JsonNode?> CallAsync(string name, params JsonNode?[] arguments)
    {
        JsonNode end = await EndOfAsync(await BeginCallAsync(name, new(arguments)));
        Assert.True((string?)end["event"] == "result", end.ToJsonString());
        return end["value"];
    }

    /// <summary>Takes the items of a call that came so far.</summary>
    internal List<JsonNode?> TakeItems(int call)
    {
        List<JsonNode> items = _unasked.FindAll(line => (int?)line["call"] == call && (string?)line["event"] == "item");
        _unasked.RemoveAll(items.Contains);
        return items.ConvertAll(line => line["value"]);
    }

    /// <summary>Ends the process without a word; its channel is free then.</summary>
    internal async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _reading;
        if (_bridge is not null)
            await _bridge.DisposeAsync();
        _bridge = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
        _writing.Dispose();
    }

    private static JavaScriptPeer Start(
        string role, string place, string channel, string? preSharedKey, TableBridge? bridge)
    {
        string[] key = preSharedKey is null ? [] : [preSharedKey];
        return new(Process.Start(NodeProgram.Prepare(["program.js", role, place, channel, .. key]))!, bridge);
    }

    private async Task<JsonNode> WaitAsync(Predicate<JsonNode> isWanted, string what)
    {
        int known = _unasked.FindIndex(isWanted);
        if (known >= 0)
        {
            JsonNode found = _unasked[known];
            _unasked.RemoveAt(known);
            return found;
        }

        using CancellationTokenSource timeout = CancellationTokenSource.CreateLinkedTokenSource(Token);
        timeout.CancelAfter(Patience);
        try
        {
            while (true)
            {
                JsonNode line = await _events.Reader.ReadAsync(timeout.Token);
                if (isWanted(line))
                    return line;
                _unasked.Add(line);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ChannelClosedException)
        {
            lock (_told)
                throw new InvalidOperationException($"The JavaScript peer did not tell {what}. It told:\n{_told}");
        }
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync(CancellationToken.None) is { } text)
        {
            JsonNode line = JsonNode.Parse(text)!;
            if (line["ask"] is not null)
            {
                await SendAsync(await _bridge!.AnswerAsync(line));
                continue;
            }

            Note(text.Length > 200 ? text[..200] : text);
            await _events.Writer.WriteAsync(line);
        }

        _events.Writer.Complete();
    }

    private async Task SendAsync(JsonNode line)
    {
        await _writing.WaitAsync(CancellationToken.None);
        try
        {
            await _process.StandardInput.WriteLineAsync(line.ToJsonString(JsonSerializerOptions.Default));
            await _process.StandardInput.FlushAsync(CancellationToken.None);
        }
        catch (IOException)
        {
            // The process was killed; who waits for it learns that its events have ended.
        }
        finally
        {
            _writing.Release();
        }
    }

    private void Note(string? line)
    {
        lock (_told)
            _told.AppendLine(line);
    }
}
