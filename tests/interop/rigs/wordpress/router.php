<?php
// For `php -S`: files as they are, everything else through WordPress's front controller.
$root = $_SERVER['DOCUMENT_ROOT'];
$path = rawurldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
if ($path !== '/' && file_exists($root . $path)) {
    $index = rtrim($path, '/') . '/index.php';
    if (!is_dir($root . $path) || !file_exists($root . $index)) {
        return false;
    }
    $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $index;
    chdir(dirname($root . $index));
    require $root . $index;
    return true;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
chdir($root);
require $root . '/index.php';
