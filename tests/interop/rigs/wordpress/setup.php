<?php
// usage: php setup.php SITE HOST:PORT   Installs the blog; prints users with their application passwords as JSON.
[, $site, $host] = $argv;
$_SERVER['HTTP_HOST'] = $host;
$_SERVER['REQUEST_METHOD'] = 'GET';
define('WP_INSTALLING', true);
require $site . '/wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
if (!function_exists('wp_new_blog_notification')) {
    function wp_new_blog_notification() {} // there is no mail here
}
ob_start();
wp_install('Northwind Pumps', 'admin', 'admin@mail.invalid', true, '', wp_generate_password(24, false));
global $wp_rewrite;
$wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%postname%/');
$wp_rewrite->flush_rules(false);
update_option('comment_moderation', 0);
update_option('comment_previously_approved', 0);
$users = [];
foreach (['admin' => 'administrator', 'ed' => 'editor', 'art' => 'author', 'sub' => 'subscriber'] as $login => $role) {
    if (!username_exists($login)) {
        wp_insert_user(['user_login' => $login, 'user_pass' => wp_generate_password(24, false),
            'user_email' => "$login@mail.invalid", 'role' => $role]);
    }
    $user = get_user_by('login', $login);
    [$password] = WP_Application_Passwords::create_new_application_password($user->ID, ['name' => 'Interop']);
    $users[$login] = WP_Application_Passwords::chunk_password($password);
}
ob_end_clean();
echo json_encode(['users' => $users, 'version' => get_bloginfo('version')]);
